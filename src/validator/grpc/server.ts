/** The gRPC authorization service: HTTP/2 of Node.js, and as much of gRPC as a call of one message needs. */

import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Server } from 'node:net';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { ListenAddress } from '../../process/address.ts';
import { listen } from '../../process/listen.ts';
import type { CertificateSource } from '../../process/tls.ts';
import { secureGrpc } from '../tls-servers.ts';
import { sayAll, UnaryCall } from './call.ts';
import { readCallHead } from './call-head.ts';
import { askOverGrpc, type GrpcServiceParts } from './check-arrival.ts';
import { keepAlive } from './keep-alive.ts';
import { Room } from './message-reader.ts';
import { createOverdue, type Overdue } from './overdue.ts';
import { errorHeaders } from './status.ts';

export type { GrpcServiceParts } from './check-arrival.ts';

export interface GrpcService {
  /** Where it listens, a port of 0 made a real one. */
  readonly address: ListenAddress;
  /** Takes no more calls; resolves when those in flight are answered. */
  drain(): Promise<void>;
  /** Ends what is still there. */
  destroy(): void;
}

/** As many connections as the control plane takes. */
const MAX_SESSIONS = 16_384;

/** What one connection may do before it is closed; most of it Node.js would bound so by itself. */
const SESSION_BOUNDS = {
  settings: {
    // As many as may wait for their turn.
    maxConcurrentStreams: 4096,
    // Bytes of one call's headers.
    maxHeaderListSize: 65_535,
  },
  maxHeaderListPairs: 128,
  // MB of calls that are open.
  maxSessionMemory: 10,
  maxSettings: 32,
  maxOutstandingPings: 10,
  maxSessionInvalidFrames: 1000,
  maxSessionRejectedStreams: 100,
  // Calls that are begun and given up: at once, and then each second.
  streamResetBurst: 1000,
  streamResetRate: 33,
} as const;

/** Starts to listen, in plain text where there are no certificates. Throws a StartError when that cannot be. */
export async function startGrpcService(
  address: ListenAddress,
  parts: GrpcServiceParts,
  certificates?: CertificateSource,
  clock: Clock = systemClock,
): Promise<GrpcService> {
  const sessions = new Set<ServerHttp2Session>();
  let isDraining = false;
  const http2 = createServer(SESSION_BOUNDS);
  http2.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    keepAlive(session, clock);
    if (isDraining) session.close();
  });
  const door: Server =
    certificates === undefined
      ? http2
      : secureGrpc(certificates, (socket) => http2.emit('connection', socket), parts.onError);
  door.maxConnections = MAX_SESSIONS;
  const overdue = createOverdue(clock);
  http2.on('stream', takeCalls(parts, overdue, clock));
  const bound = await listen(door, address);
  overdue.start();
  return {
    address: bound,
    async drain() {
      isDraining = true;
      const closed = new Promise<void>((resolve) => void door.close(() => resolve()));
      for (const session of sessions) session.close();
      await closed;
      overdue.stop();
    },
    destroy() {
      overdue.stop();
      door.close();
      for (const session of sessions) session.destroy();
    },
  };
}

function takeCalls(parts: GrpcServiceParts, overdue: Overdue, clock: Clock) {
  const callParts = { room: new Room(), monotonic: clock.monotonic };
  return (stream: ServerHttp2Stream, headers: Parameters<typeof readCallHead>[0]): void => {
    stream.on('error', ignore);
    if (stream.closed || stream.destroyed) return;
    const head = readCallHead(headers);
    overdue.add(stream);
    if (head.kind !== 'check') {
      stream.on('close', () => overdue.delete(stream));
      sayAll(stream, head.kind === 'error' ? errorHeaders(head.error) : { ':status': head.status });
      return;
    }
    const call = new UnaryCall(stream, head, callParts);
    stream.on('close', () => {
      overdue.delete(stream);
      call.release();
    });
    call.receive((message) => askOverGrpc(message, call, parts));
  };
}

/** A broken stream is closed as well, and that is what counts. */
const ignore = (): void => {};
