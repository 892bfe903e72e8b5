/** Ends servers: no new connections, answers to all requests in flight, and all of it within a bound of time. */

import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Clock } from '../base/clock.ts';

/** Something that takes connections. */
export interface Drainable {
  /** Takes no more connections; resolves when all requests in flight are answered. */
  drain(): Promise<void>;
  /** Ends all connections. */
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
        // An Envoy that still asks gets `Connection: close`, and asks another validator from then on.
        server.prependListener('request', (_, response: ServerResponse) => {
          response.shouldKeepAlive = false;
        });
        // The HTTP server's own `close` would end idle connections at once, even if a question is on its way.
        NetServer.prototype.close.call(server, () => {
          cancel();
          resolve();
        });
        cancel = clock.after(IDLE_GRACE, closeIdle);
      }),
    destroy: () => server.closeAllConnections(),
  };
}

/** Resolves when all have drained. At the deadline it destroys the rest, because some never finish. */
export async function drainAll(services: readonly Drainable[], clock: Clock): Promise<void> {
  const deadline = Promise.withResolvers<void>();
  const cancel = clock.after(DRAIN_DEADLINE, () => {
    for (const service of services) service.destroy();
    deadline.resolve();
  });
  await Promise.race([deadline.promise, Promise.all(services.map((service) => service.drain()))]);
  cancel();
}
