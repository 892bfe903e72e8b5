/** The end of a server: what is in flight is answered, and who stays longer is ended. */

import type { Server } from 'node:http';

/** Milliseconds. */
const LIMIT = 1000;

export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    const limit = setTimeout(() => server.closeAllConnections(), LIMIT);
    limit.unref();
  });
}
