/** Closes a server within a bound of time. */

import type { Server, Socket } from 'node:net';

/**
 * Returns a function that closes the server: requests under way are answered, and connections that are left after so
 * many milliseconds are cut. It resolves when there is none any more.
 *
 * Call it before the server listens: HTTP servers of Node.js forget connections that are still in a handshake of TLS.
 */
export function closerOf(server: Server): (milliseconds: number) => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return async (milliseconds) => {
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, milliseconds);
    await closed.promise;
    clearTimeout(timer);
  };
}
