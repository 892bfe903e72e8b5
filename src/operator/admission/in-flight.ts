/** Bytes of reviews that are read or judged at the same time: what is past it is turned away before it is read. */

import type { RequestHandler } from 'express';

/** @param unknown what a body counts that does not say its length. */
export function boundedBytes(most: number, unknown: number): RequestHandler {
  let bytes = 0;
  return (request, response, next) => {
    const announced = Number(request.headers['content-length'] ?? unknown);
    const length = Number.isFinite(announced) ? Math.min(announced, unknown) : unknown;
    if (bytes + length > most) {
      response.set({ connection: 'close', 'retry-after': '1' });
      response.status(503).type('text/plain').send('too many reviews at once; try again in a second\n');
      return;
    }
    bytes += length;
    response.once('close', () => {
      bytes -= length;
    });
    next();
  };
}
