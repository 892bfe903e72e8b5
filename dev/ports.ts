/** Ports of 127.0.0.1: which are free, and whose they are between the moment of choosing and that of listening. */

import { randomInt } from 'node:crypto';
import { createServer, type ListenOptions, type Server } from 'node:net';

/**
 * Systems give other ports to a program that asks for any, and for the near end of connections: what is chosen
 * here is taken by none of those before the process for which it was chosen listens, or while it starts again.
 */
const CHOICE = { first: 20_000, last: 29_999 };
const MOST_TRIES = 1000;
const claimed = new Set<number>();

/** `preferred` if it is free, else another; 0 = any. As long as this process lives, no other one gets it from here. */
export async function freePort(preferred: number): Promise<number> {
  if (preferred !== 0 && (await isFree(preferred)) && (await claim(preferred))) return preferred;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const port = randomInt(CHOICE.first, CHOICE.last + 1);
    if (!claimed.has(port) && (await claim(port)) && (await isFree(port))) return port;
  }
  throw new Error('no port of 127.0.0.1 is free');
}

/** True if nothing listens there. */
export function isFree(port: number): Promise<boolean> {
  return canListen({ port, host: '127.0.0.1' }, (server, done) => server.close(done));
}

/** Processes agree by a name that Linux takes back when its owner ends, however it ends. */
async function claim(port: number): Promise<boolean> {
  if (claimed.has(port)) return true;
  claimed.add(port);
  const isOurs = await canListen({ path: `\0portcullis-port-${port}` }, (server, done) => {
    server.unref();
    done();
  });
  if (!isOurs) claimed.delete(port);
  return isOurs;
}

/** What `then` has done with the server that listens is done when this resolves. */
function canListen(where: ListenOptions, then: (server: Server, done: () => void) => void): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen(where, () => then(server, () => resolve(true)));
  return promise;
}
