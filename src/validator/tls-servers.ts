/** Servers that show a certificate, and the new one once there is a new one. */

import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTlsServer, type Server, type TLSSocket } from 'node:tls';
import { boundHandshakes } from '../process/handshakes.ts';
import type { CreateServer } from './http/server.ts';
import type { Certificates } from './tls-files.ts';

/** Also where the environment would allow older ones. */
const MIN_VERSION = { minVersion: 'TLSv1.2' } as const;
/** Milliseconds. */
const HANDSHAKE_TIMEOUT = 10_000;

/** For checks over HTTP/1.1. */
export function secureHttp(certificates: Certificates): CreateServer {
  return (options, listener) => {
    const tls = { ...settings(certificates), ALPNProtocols: ['http/1.1'] };
    return following(createHttpsServer({ ...options, ...tls }, listener), certificates);
  };
}

/** For checks over gRPC: hands over each connection once it is secure. */
export function secureGrpc(certificates: Certificates, take: (socket: TLSSocket) => void): Server {
  const server = createTlsServer({ ...settings(certificates), noDelay: true, ALPNProtocols: ['h2'] });
  server.on('secureConnection', (socket) => {
    // HTTP/2 is all that is spoken here: a client that has not said so means it all the same.
    socket.alpnProtocol = 'h2';
    take(socket);
  });
  return following(server, certificates);
}

function settings(certificates: Certificates) {
  const { cert, key } = certificates.current();
  return { ...MIN_VERSION, cert, key, handshakeTimeout: HANDSHAKE_TIMEOUT };
}

/** Connections that are there go on with the certificate that they were made with. */
function following<T extends Server>(server: T, certificates: Certificates): T {
  boundHandshakes(server);
  certificates.onChange(({ cert, key }) => server.setSecureContext({ ...MIN_VERSION, cert, key }));
  return server;
}
