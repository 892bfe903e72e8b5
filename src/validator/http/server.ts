/** The HTTP authorization service. It answers every request as a check, and proxies nothing. */

import type { Buffer } from 'node:buffer';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  internalError,
  misdirectedCheck,
  overloadedCheck,
  unreadableRequest,
} from '../../decision/answers.ts';
import type { CheckRequest, Decision } from '../../decision/decision.ts';
import { CHECK_PREFIX } from '../../sidecar/authorizer.ts';
import type { Arrival, Ask, CheckCall, RecordDecision } from '../check.ts';
import { type HttpAnswer, httpAnswer, rawAnswer } from './answer.ts';
import { sayLast } from './last-answer.ts';
import { type Head, readOddMethod } from './odd-method.ts';
import { type OneAtATime, oneAtATime } from './one-at-a-time.ts';
import { carries503, isCheck, readHttpCheck, readMisdirected, readSummary } from './request.ts';

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
}

/** A server that does not listen yet. */
export function createHttpService(
  { ask, record, onError }: HttpServiceParts,
  create: CreateServer = createServer,
): Server {
  const inOrder = oneAtATime<HttpArrival>(ask, (arrival) => {
    record({ request: arrival.summary(), client: undefined }, PIPELINED);
    arrival.write(PIPELINED);
  });
  const respond = (message: IncomingMessage, response: ServerResponse): void => {
    const arrival = new HttpArrival(message, response, inOrder, onError);
    if (isCheck(message)) {
      inOrder.ask(message.socket, arrival);
      return;
    }
    record(readMisdirected(message), MISDIRECTED);
    arrival.write(MISDIRECTED);
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
    sayLast(socket, raw(httpAnswer(MISDIRECTED)));
  });
  const answeredByHand = new WeakSet<Duplex>();
  server.on(
    'clientError',
    (error: NodeJS.ErrnoException & { readonly rawPacket?: Buffer }, socket: Duplex) => {
      const isLast = answeredByHand.has(socket) || (socket instanceof Socket && inOrder.isBusy(socket));
      const head = isLast || error.rawPacket === undefined ? undefined : readOddMethod(error.rawPacket);
      if (head === undefined || !isCheck(head)) {
        refuseUnreadable(error, socket);
        return;
      }
      answeredByHand.add(socket);
      ask(new OddArrival(head, socket, onError));
    },
  );
  return server;
}

/** A class, since one is made for every check: an object with functions of its own would cost more. */
class HttpArrival implements Arrival {
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #inOrder: OneAtATime<HttpArrival>;
  readonly #onError: (error: unknown) => void;

  constructor(
    message: IncomingMessage,
    response: ServerResponse,
    inOrder: OneAtATime<HttpArrival>,
    onError: (error: unknown) => void,
  ) {
    this.#message = message;
    this.#response = response;
    this.#inOrder = inOrder;
    this.#onError = onError;
  }

  summary(): CheckRequest {
    return readSummary(this.#message);
  }

  read(): CheckCall {
    return readHttpCheck(this.#message);
  }

  sendable(decision: Decision): Decision {
    return decision;
  }

  /** The other side's end of the connection makes Node.js end this one. */
  isGone(): boolean {
    const { socket } = this.#message;
    return socket.destroyed || socket.writableEnded;
  }

  reply(decision: Decision): void {
    this.write(decision);
    this.#inOrder.answered(this.#message.socket);
  }

  /** An answer that cannot be written as it is becomes a denial: an allow with a header missing would be none. */
  write(decision: Decision): void {
    const response = this.#response;
    try {
      send(httpAnswer(decision, carries503(this.#message)), response);
    } catch (error) {
      this.#onError(error);
      if (response.headersSent) response.destroy();
      else send(httpAnswer(internalError(this.read().request)), response);
    }
  }

  /** A bug costs the connection, which Envoy takes for a refusal. */
  fail(error: unknown): void {
    this.#onError(error);
    this.#response.destroy();
  }
}

/** A check that `readOddMethod` read. Its answer is the last on the connection. */
class OddArrival implements Arrival {
  readonly #head: Head;
  readonly #socket: Duplex;
  readonly #onError: (error: unknown) => void;

  constructor(head: Head, socket: Duplex, onError: (error: unknown) => void) {
    this.#head = head;
    this.#socket = socket;
    this.#onError = onError;
    socket.on('error', () => socket.destroy());
  }

  summary(): CheckRequest {
    return readSummary(this.#head);
  }

  read(): CheckCall {
    return readHttpCheck(this.#head);
  }

  sendable(decision: Decision): Decision {
    return decision;
  }

  isGone(): boolean {
    return this.#socket.destroyed || this.#socket.writableEnded;
  }

  reply(decision: Decision): void {
    try {
      sayLast(this.#socket, raw(httpAnswer(decision, carries503(this.#head))));
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    this.#onError(error);
    this.#socket.destroy();
  }
}

function send({ status, headers, body }: HttpAnswer, response: ServerResponse): void {
  response.sendDate = false;
  response.writeHead(status, [...headers]);
  response.end(body);
}

/** Refuses bytes that are no HTTP request, are too many, or come too slowly. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  sayLast(socket, UNREADABLE);
}

function raw(answer: HttpAnswer): string {
  return rawAnswer(answer, STATUS_CODES[answer.status] ?? '');
}

const MISDIRECTED = misdirectedCheck(
  `No check is answered here: the path of a check is ${CHECK_PREFIX} and the path and query of the request. ` +
    `Give Envoy's http_service path_prefix: ${CHECK_PREFIX} (Istio: pathPrefix, Envoy Gateway: path).`,
);

const PIPELINED = overloadedCheck('Too many checks were sent on one connection without waiting for answers.');

const UNREADABLE = raw(httpAnswer(unreadableRequest('This is no HTTP request that can be read.')));
