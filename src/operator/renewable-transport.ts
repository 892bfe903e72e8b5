/** The transport to the API server, which can be renewed: connections that are dead do not say so. */

import type { ApiServerConnection } from '../kubernetes/connection.ts';
import { createTransport, type HttpTransport } from '../kubernetes/transport.ts';

export interface RenewableTransport extends HttpTransport {
  /** Leaves all connections that there are: calls under way on them fail, and are made again by their callers. */
  renew(): void;
}

/**
 * Of a call that runs out of time only its own connection is left. Where a firewall has forgotten them all, each that
 * waits in the pool would cost another call its time.
 */
export function createRenewableTransport(
  connection: ApiServerConnection,
  create = createTransport,
): RenewableTransport {
  const closing = new Set<Promise<void>>();
  let current = create(connection);
  return {
    send: (request) => current.send(request),
    renew() {
      const closed = current.close().finally(() => closing.delete(closed));
      closing.add(closed);
      current = create(connection);
    },
    async close() {
      await Promise.all([current.close(), ...closing]);
    },
  };
}
