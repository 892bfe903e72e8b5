/** The HTTPS server that validators ask, with bounds on everything that a caller could make slow, large or many. */

import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { errorCode } from '../../base/error-code.ts';
import { closerOf } from '../../process/closing.ts';
import { listen } from '../../process/listen.ts';
import { type CertificateSource, createTlsServer } from '../../process/tls.ts';

export interface HttpsOptions {
  readonly host: string;
  /** 0 = any that is free. */
  readonly port: number;
}

export interface HttpsServer {
  /** Resolves to the port. Rejects with a StartError where the server cannot listen. */
  listen(): Promise<number>;
  /** Takes no more connections; those that are left when the time is up are ended. */
  close(milliseconds: number): Promise<void>;
}

/** A token, a version and the reason of a rejection; in bytes. */
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEADERS = 64;
const MAX_CONNECTIONS = 16_384;
/** Milliseconds, as all that follows: for the head of a request, and for all of it. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 15_000;
const TIMEOUT_CHECK_INTERVAL = 5000;
/** Without a question; a validator asks again within a second. */
const KEEP_ALIVE_TIMEOUT = 20_000;
/** Of silence after which the system probes whether the other end is still there. */
const KEEP_ALIVE_PROBE = 30_000;

/** Limits connections. The server calls it before the handshake, which is the most expensive part. */
export interface ConnectionLimiter {
  /** False: the server closes the connection at once. */
  accept(socket: Socket): boolean;
  /** What the client sent is no HTTP request. Returns the milliseconds for which the response waits. */
  refuse(socket: Socket): number;
  closed(socket: Socket): void;
}

/** Calls `onProblem` with a line for the log when a new certificate cannot be used: the one before stays. */
export function createHttpsServer(
  { host, port }: HttpsOptions,
  certificates: CertificateSource,
  listener: RequestListener,
  limiter: ConnectionLimiter,
  onProblem: (problem: string) => void,
): HttpsServer {
  const settings = {
    ALPNProtocols: ['http/1.1'],
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_PROBE,
    noDelay: true,
  };
  const server = createTlsServer(
    certificates,
    (tls) => createServer({ ...settings, ...tls }, listener),
    () => onProblem('The new certificate of the policy server could not be used, the one before stayed'),
  );
  const close = closerOf(server);
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = MAX_CONNECTIONS;
  server.on('connection', (socket: Socket) => {
    if (!limiter.accept(socket)) {
      socket.destroy();
      return;
    }
    socket.once('close', () => limiter.closed(socket));
  });
  const answered = new WeakSet<Socket>();
  server.on('clientError', (error: Error, socket: Socket) => {
    const status = statusFor(error);
    // The handshake failed, or the client has closed the connection: no response can be sent.
    if (status === undefined || !socket.writable) {
      socket.destroy();
      return;
    }
    // Node.js reports the rest of what the client sent as further errors.
    if (answered.has(socket)) return;
    answered.add(socket);
    const text = `HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`;
    const answer = () => void socket.end(text, () => socket.destroy());
    const timer = setTimeout(answer, limiter.refuse(socket));
    socket.once('close', () => clearTimeout(timer));
  });
  return {
    async listen() {
      const bound = await listen(server, { kind: 'tcp', host, port });
      return bound.kind === 'tcp' ? bound.port : port;
    },
    close,
  };
}

/** Undefined for what is no fault of HTTP. */
function statusFor(error: Error): string | undefined {
  const code = errorCode(error) ?? '';
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout';
  return code.startsWith('HPE_') ? '400 Bad Request' : undefined;
}
