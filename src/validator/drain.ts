/** Ending well: no new connections, an answer to whoever has asked, and nobody keeps us waiting for ever. */

import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Clock } from '../base/clock.ts';

/** Something that takes connections. */
export interface Drainable {
  /** Takes no more; resolves when what is in flight has been answered. */
  drain(): Promise<void>;
  /** Ends what is still there. */
  destroy(): void;
}

/** Milliseconds that requests in flight have to be answered; the promise to the system is five seconds. */
export const DRAIN_DEADLINE = 3000;
/** Milliseconds before connections without a request are closed: on one in use, the next question is on its way. */
const IDLE_GRACE = 300;
/** Milliseconds between two looks for connections whose last request has been answered. */
const IDLE_INTERVAL = 20;

export function drainableHttp(server: Server, clock: Clock): Drainable {
  return {
    drain: () =>
      new Promise((resolve) => {
        let cancel = () => {};
        const closeIdle = (): void => {
          server.closeIdleConnections();
          cancel = clock.after(IDLE_INTERVAL, closeIdle);
        };
        // Whoever still asks hears that it is the last time, and asks somebody else from then on.
        server.prependListener('request', (_, response: ServerResponse) => {
          response.shouldKeepAlive = false;
        });
        // The HTTP server's own `close` would end idle connections at once, questions on their way or not.
        NetServer.prototype.close.call(server, () => {
          cancel();
          resolve();
        });
        cancel = clock.after(IDLE_GRACE, closeIdle);
      }),
    destroy: () => server.closeAllConnections(),
  };
}

/** Resolves when all have drained, or at the deadline, when they are ended: some never say that they are. */
export async function drainAll(services: readonly Drainable[], clock: Clock): Promise<void> {
  const deadline = Promise.withResolvers<void>();
  const cancel = clock.after(DRAIN_DEADLINE, () => {
    for (const service of services) service.destroy();
    deadline.resolve();
  });
  await Promise.race([deadline.promise, Promise.all(services.map((service) => service.drain()))]);
  cancel();
}
