/** The last answer on a connection that Node.js has given out of hand: neither its time-outs nor its shutdown reach it. */

import type { Duplex } from 'node:stream';

/** Milliseconds that the other side has to read the answer and to close; shorter than a shutdown may take. */
const LINGER = 1000;

/** Says `bytes`, each of which is one character, and is rid of the connection soon after, whatever the other side does. */
export function sayLast(socket: Duplex, bytes: string): void {
  const timer = setTimeout(() => socket.destroy(), LINGER);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  socket.on('error', () => socket.destroy());
  socket.resume(); // What still comes is for nobody, but behind it is the other side's own end.
  socket.end(bytes, 'latin1');
}
