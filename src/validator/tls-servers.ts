/** The validator's servers over TLS. */

import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { type CertificateSource, createTlsServer } from '../process/tls.ts';
import type { CreateServer } from './http/server.ts';

/** For checks over HTTP/1.1. */
export function secureHttp(certificates: CertificateSource, onError: (error: unknown) => void): CreateServer {
  return (options, listener) =>
    createTlsServer(
      certificates,
      (tls) => createHttpsServer({ ...options, ...tls, ALPNProtocols: ['http/1.1'] }, listener),
      onError,
    );
}

/** For checks over gRPC: hands over each connection once it is secure. */
export function secureGrpc(
  certificates: CertificateSource,
  take: (socket: TLSSocket) => void,
  onError: (error: unknown) => void,
): Server {
  const server = createTlsServer(
    certificates,
    (tls) => createServer({ ...tls, noDelay: true, ALPNProtocols: ['h2'] }),
    onError,
  );
  server.on('secureConnection', (socket) => {
    // HTTP/2 is all that is spoken here: a client that has not said so means it all the same.
    socket.alpnProtocol = 'h2';
    take(socket);
  });
  return server;
}
