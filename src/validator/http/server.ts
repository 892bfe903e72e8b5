/** The HTTP authorization service. It answers every request as a check, or with the metadata of a resource, and proxies nothing. */

import type { Buffer } from 'node:buffer';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  foreignProxy,
  misdirectedCheck,
  overloadedCheck,
  unreadableRequest,
} from '../../decision/answers.ts';
import type { Decision } from '../../decision/decision.ts';
import type { Enforcer } from '../../decision/enforcer.ts';
import { answerMetadataRequest } from '../../decision/metadata-request.ts';
import { AUTH_REQUEST_PREFIX, CHECK_PREFIX, FORWARD_AUTH_PREFIX } from '../../sidecar/check-forms.ts';
import type { Ask, CheckCall, RecordDecision } from '../check.ts';
import type { ProxyRule } from '../proxies.ts';
import { httpAnswer, rawAnswer } from './answer.ts';
import { HttpArrival } from './arrival.ts';
import { formOf, type ToldForm } from './form.ts';
import { sayLast } from './last-answer.ts';
import { MetadataArrival } from './metadata-arrival.ts';
import { OddArrival } from './odd-arrival.ts';
import { readOddMethod } from './odd-method.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { readMetadataRequest, readMisdirected } from './request.ts';
import { readTold } from './told.ts';
import { ToldArrival } from './told-arrival.ts';

/** Envoy takes 60 KiB of headers from a client and adds its own; in bytes. */
const MAX_HEADER_BYTES = 96 * 1024;
/** Milliseconds for a request's headers, and for all of it, to arrive. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 30_000;
const TIMEOUT_CHECK_INTERVAL = 5_000;
/** Milliseconds of silence after which the system asks whether the other end is still there. */
const KEEP_ALIVE_PROBE = 60_000;

/** Over plain connections, or over secure ones. */
export type CreateServer = (options: ServerOptions, listener: RequestListener) => Server;

export interface HttpServiceParts {
  readonly ask: Ask;
  readonly record: RecordDecision;
  /** Called for a bug: an answer could not be written. */
  readonly onError: (error: unknown) => void;
  /** Whether the other end of this connection may tell of other requests than its own; see ToldForm. */
  readonly mayTell: ProxyRule;
  /** The policy in force; undefined = none received yet. */
  readonly enforcer: () => Enforcer | undefined;
}

/** A server that does not listen yet. */
export function createHttpService(
  { ask, record, onError, mayTell, enforcer }: HttpServiceParts,
  create: CreateServer = createServer,
): Server {
  const inOrder = oneAtATime<HttpArrival>(ask, (arrival) => {
    record({ request: arrival.summary(), client: undefined }, PIPELINED);
    arrival.write(PIPELINED);
  });
  const tokenHeaders = () => enforcer()?.tokenHeaders ?? [];
  const respond = (message: IncomingMessage, response: ServerResponse): void => {
    const form = formOf(message.url ?? '');
    if (form === 'envoy') {
      inOrder.ask(message.socket, new HttpArrival(message, response, inOrder, onError));
      return;
    }
    if (form === 'metadata') {
      const call = readMetadataRequest(message);
      const decision = answerMetadataRequest(enforcer(), call.request);
      record(call, decision);
      new MetadataArrival(message, response, inOrder, onError).write(decision);
      return;
    }
    const refuse = (arrival: HttpArrival, decision: Decision): void => {
      record(readMisdirected(message), decision);
      arrival.write(decision);
    };
    if (form === undefined) {
      refuse(new HttpArrival(message, response, inOrder, onError), MISDIRECTED);
      return;
    }
    const told = (check: CheckCall): ToldArrival =>
      new ToldArrival([message, response, inOrder, onError], check, form, tokenHeaders);
    const outcome = readFrom(message, form, mayTell);
    if ('check' in outcome) inOrder.ask(message.socket, told(outcome.check));
    else refuse(told(readMisdirected(message)), outcome.refusal);
  };
  const server = create(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL,
      // A quiet connection stays: were it closed, Envoy might just be asking on it.
      keepAliveTimeout: 0,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_PROBE,
      noDelay: true,
      // The decision itself says what is wrong with such a request.
      requireHostHeader: false,
    },
    respond,
  );
  // With a limit the headers beyond it would be left out without a word, the port among them.
  server.maxHeadersCount = 0;
  server.on('checkContinue', respond);
  server.on('checkExpectation', respond);
  server.on('connect', (message: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    // Envoy asks about it by another method.
    record(readMisdirected(message), MISDIRECTED);
    sayLast(socket, rawAnswer(httpAnswer(MISDIRECTED)));
  });
  const answeredByHand = new WeakSet<Duplex>();
  server.on(
    'clientError',
    (error: NodeJS.ErrnoException & { readonly rawPacket?: Buffer }, socket: Duplex) => {
      const isLast = answeredByHand.has(socket) || (socket instanceof Socket && inOrder.isBusy(socket));
      const head = isLast || error.rawPacket === undefined ? undefined : readOddMethod(error.rawPacket);
      if (head === undefined || formOf(head.url) !== 'envoy') {
        refuseUnreadable(error, socket);
        return;
      }
      answeredByHand.add(socket);
      ask(new OddArrival(head, socket, onError));
    },
  );
  return server;
}

function readFrom(
  { socket, rawHeaders }: IncomingMessage,
  form: ToldForm,
  mayTell: HttpServiceParts['mayTell'],
): { readonly check: CheckCall } | { readonly refusal: Decision } {
  if (!mayTell(socket)) return { refusal: FOREIGN };
  const told = readTold(rawHeaders, form);
  return told.kind === 'check' ? told : { refusal: unreadableRequest(told.detail) };
}

/** Refuses bytes that are no HTTP request, are too many, or come too slowly. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  sayLast(socket, UNREADABLE);
}

const MISDIRECTED = misdirectedCheck(
  `No check is answered here: the path of a check is ${CHECK_PREFIX} and the path and query of the request. ` +
    `Give Envoy's http_service path_prefix: ${CHECK_PREFIX} (Istio: pathPrefix, Envoy Gateway: path); ` +
    `Traefik and Caddy ask at ${FORWARD_AUTH_PREFIX}, nginx at ${AUTH_REQUEST_PREFIX}.`,
);

const FOREIGN = foreignProxy(
  `Checks at ${FORWARD_AUTH_PREFIX} and ${AUTH_REQUEST_PREFIX} are taken from this machine alone, and from proxies that ` +
    'the validator is told of: start it with --forward-auth-from and the address of this one.',
);

const PIPELINED = overloadedCheck('Too many checks were sent on one connection without waiting for answers.');

const UNREADABLE = rawAnswer(httpAnswer(unreadableRequest('This is no HTTP request that can be read.')));
