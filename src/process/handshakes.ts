/**
 * Ends handshakes in which a caller has sent more than a handshake takes. TLS lets the first message have 128 KB, which
 * are held in memory until it is whole: a thousand such connections would take up 300 MB.
 */

import type { Socket } from 'node:net';
import type { Server } from 'node:tls';

/** Of one handshake. A first message with keys that withstand quantum computers has some 2,000. */
const MAX_BYTES = 8 * 1024;
/** Milliseconds between two looks, while handshakes are under way. */
const INTERVAL = 100;

export function boundHandshakes(server: Server): void {
  const underWay = new Map<string, Socket>();
  let timer: NodeJS.Timeout | undefined;

  const look = (): void => {
    timer = undefined;
    for (const socket of underWay.values()) if (socket.bytesRead > MAX_BYTES) socket.destroy();
    lookLater();
  };
  const lookLater = (): void => {
    if (timer === undefined && underWay.size > 0) timer = setTimeout(look, INTERVAL).unref();
  };

  server.on('connection', (socket: Socket) => {
    const name = socketNameOf(socket);
    if (name === undefined) return;
    underWay.set(name, socket);
    socket.once('close', () => {
      if (underWay.get(name) === socket) underWay.delete(name);
    });
    lookLater();
  });
  server.on('secureConnection', (socket: Socket) => {
    const name = socketNameOf(socket);
    if (name !== undefined) underWay.delete(name);
  });
}

/** A TLS socket is another object than the one that it came by: the caller's address and port are the same. */
export function socketNameOf({
  remoteAddress,
  remotePort,
}: Pick<Socket, 'remoteAddress' | 'remotePort'>): string | undefined {
  return remoteAddress === undefined || remotePort === undefined
    ? undefined
    : `${remoteAddress} ${remotePort}`;
}
