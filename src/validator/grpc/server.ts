/** The gRPC authorization service. Loaded only when its address is on: the library costs time and memory. */

import { Buffer } from 'node:buffer';
import {
  type handleUnaryCall,
  logVerbosity,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  setLogVerbosity,
  status,
} from '@grpc/grpc-js';
import protobuf from 'protobufjs/minimal.js';
import { unreadableRequest } from '../../decision/answers.ts';
import type { CheckRequest as CheckedRequest, Decision } from '../../decision/decision.ts';
import { formatAddress, type ListenAddress } from '../../process/address.ts';
import { bindProblem, clearStaleSocket, listen, openSocket } from '../../process/listen.ts';
import { StartError } from '../../process/start-error.ts';
import type { CertificateSource } from '../../process/tls.ts';
import type { Ask, NoteRefusal } from '../check.ts';
import { secureGrpc } from '../tls-servers.ts';
import { type CheckAnswer, grpcAnswer, tellable } from './answer.ts';
import { envoy } from './messages.gen.js';
import { knownPort, readCheck } from './request.ts';
import { survey } from './survey.ts';

const { CheckRequest, CheckResponse } = envoy.service.auth.v3;
type CheckMessage = envoy.service.auth.v3.CheckRequest.$Properties;

export interface GrpcService {
  /** Where it listens, a port of 0 made a real one. */
  readonly address: ListenAddress;
  /** Takes no more calls; resolves when those in flight are answered. */
  drain(): Promise<void>;
  /** Ends what is still there. */
  destroy(): void;
}

/** Envoy takes 60 KiB of headers from a client. More than this the library refuses before it is read; in bytes. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Milliseconds of silence after which the other end is asked whether it is still there, and has to answer. */
const KEEP_ALIVE_PROBE = 60_000;
const KEEP_ALIVE_TIMEOUT = 20_000;

const DEFINITION = {
  Check: {
    path: '/envoy.service.auth.v3.Authorization/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: (message: CheckMessage) => Buffer.from(CheckRequest.encode(message).finish()),
    // Looked over first.
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (answer: CheckAnswer) => Buffer.from(CheckResponse.encode(answer).finish()),
    responseDeserialize: (bytes: Buffer): CheckAnswer => CheckResponse.decode(bytes),
  },
} as const satisfies ServiceDefinition;

export interface GrpcServiceParts {
  readonly ask: Ask;
  readonly noteRefusal: NoteRefusal;
  /** Hears of calls that could not be answered. */
  readonly onError: (error: unknown) => void;
}

/** Starts to listen, in plain text where there are no certificates. Throws a StartError when that cannot be. */
export async function startGrpcService(
  address: ListenAddress,
  { ask, noteRefusal, onError }: GrpcServiceParts,
  certificates?: CertificateSource,
): Promise<GrpcService> {
  // It would write to standard error, in a form of its own, what is told as a StartError.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    // Its own statistics of every call, which nobody reads here.
    'grpc.enable_channelz': 0,
    'grpc.keepalive_time_ms': KEEP_ALIVE_PROBE,
    'grpc.keepalive_timeout_ms': KEEP_ALIVE_TIMEOUT,
  });
  const check: handleUnaryCall<Buffer, CheckAnswer> = (call, callback) => {
    let connection: string | undefined;
    const reply = (decision: Decision): void => {
      const told = tellable(decision);
      if (told !== decision) noteRefusal({ request: LINE, client: undefined }, told);
      callback(null, grpcAnswer(told, connection));
    };
    const surveyed = survey(call.request);
    if (surveyed.kind === 'refused') {
      const refusal = unreadableRequest(surveyed.detail);
      noteRefusal({ request: LINE, client: undefined }, refusal);
      reply(refusal);
      return;
    }
    const { host, port } = surveyed;
    ask({
      line: () => ({ ...LINE, host, port: knownPort(port) }),
      read: () => {
        const read = readCheck(decode(call.request));
        const { headers } = read.request;
        connection = headers.upgrade === undefined ? undefined : headers.connection;
        return read;
      },
      isGone: () => call.cancelled,
      reply,
      // A bug costs the call, which Envoy takes for a refusal.
      fail: (error) => {
        onError(error);
        callback({ code: status.INTERNAL, details: 'The request could not be judged.' });
      },
    });
  };
  server.addService(DEFINITION, { Check: check });
  const drain = () => new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  if (certificates === undefined) {
    return { address: await bind(server, address), drain, destroy: () => server.forceShutdown() };
  }
  const secure = await bindSecurely(server, address, certificates, onError);
  return {
    address: secure.address,
    async drain() {
      await Promise.all([secure.close(), drain()]);
    },
    destroy() {
      void secure.close();
      server.forceShutdown();
    },
  };
}

/** The library would show its first certificate for ever: it is given connections that are secure already. */
async function bindSecurely(
  server: Server,
  address: ListenAddress,
  certificates: CertificateSource,
  onError: (error: unknown) => void,
) {
  const connections = server.createConnectionInjector(ServerCredentials.createInsecure());
  const door = secureGrpc(certificates, (socket) => connections.injectConnection(socket), onError);
  return {
    address: await listen(door, address),
    close: () => new Promise<void>((resolve) => void door.close(() => resolve())),
  };
}

async function bind(server: Server, address: ListenAddress): Promise<ListenAddress> {
  if (address.kind === 'unix') await clearStaleSocket(address.path);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(formatAddress(address), ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(new StartError(bindProblem(address, systemCode(error.message))));
    });
  });
  if (address.kind === 'unix') {
    await openSocket(address.path);
    return address;
  }
  return { ...address, port };
}

/** The library puts the system's code into the text of its own error. */
function systemCode(message: string): string | undefined {
  return /\bE[A-Z_]{3,}\b/.exec(message)?.[0];
}

/** What is known of a check that was not decoded. */
const LINE: CheckedRequest = { method: '', host: '', target: '', headers: {}, port: undefined };

/** Unknown fields are skipped, not collected: Envoy sends more than is asked for here. */
function decode(bytes: Buffer): CheckMessage {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = true;
  return CheckRequest.decode(reader);
}
