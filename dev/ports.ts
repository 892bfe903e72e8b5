/** Ports of 127.0.0.1: which are free, and what to say of one that is not. */

import { type AddressInfo, createServer } from 'node:net';

/** `preferred` if it is free, else another; 0 = any. */
export async function freePort(preferred: number): Promise<number> {
  const port = (await tryPort(preferred)) ?? (await tryPort(0));
  if (port === undefined) throw new Error('no port of 127.0.0.1 is free');
  return port;
}

/** True if nothing listens there. */
export async function isFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== undefined;
}

/** Takes the port for a moment: its number, or undefined if that was refused. */
function tryPort(port: number): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const server = createServer();
  server.once('error', () => resolve(undefined));
  server.listen(port, '127.0.0.1', () => {
    const { port: taken } = server.address() as AddressInfo;
    server.close(() => resolve(taken));
  });
  return promise;
}
