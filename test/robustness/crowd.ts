/** Many connections that say something once, hear an answer, and then stay as they are. */

import { connect, type Socket } from 'node:net';
import type { Place } from '../support/validator.ts';

export interface Crowd {
  /** Connections on which something has been heard. */
  answered(): number;
  /** Connections that the other side has ended. */
  closed(): number;
  leave(): void;
}

/** Connections that are being opened at the same time. */
const STEP = 500;

/** Returns when every connection has been answered, or ended. */
export async function openIdle(place: Place, count: number, bytes: string | Uint8Array): Promise<Crowd> {
  const sockets: Socket[] = [];
  let answered = 0;
  let closed = 0;

  const open = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = typeof place === 'number' ? connect(place, '127.0.0.1') : connect(place);
    sockets.push(socket);
    socket.once('data', () => {
      answered += 1;
      resolve();
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      closed += 1;
      resolve();
    });
    socket.write(bytes);
    socket.resume();
    return promise;
  };

  for (let i = 0; i < count; i += STEP) {
    await Promise.all(Array.from({ length: Math.min(STEP, count - i) }, open));
  }
  return {
    answered: () => answered,
    closed: () => closed,
    leave: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
