/** Sends the last answer on a connection that Node.js no longer manages: its time-outs and its shutdown do not apply. */

import type { Duplex } from 'node:stream';

/** Milliseconds that the other side has to read the answer and to close; shorter than a shutdown may take. */
const LINGER = 1000;

/** Sends `bytes`, each one character, and ends the connection within LINGER, whatever the other side does. */
export function sayLast(socket: Duplex, bytes: string): void {
  const timer = setTimeout(() => socket.destroy(), LINGER);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  socket.on('error', () => socket.destroy());
  socket.resume(); // Further bytes are dropped; the end of the connection comes after them.
  socket.end(bytes, 'latin1');
}
