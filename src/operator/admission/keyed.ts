/** Lets in what comes to a webhook's path with its key. All else is 404 before any of its body is read. */

import type { RequestHandler } from 'express';

/** @param paths without their keys: so a request goes on. */
export function keyedPaths(paths: readonly string[], accepts: (key: string) => boolean): RequestHandler {
  return (request, response, next) => {
    const { path } = request;
    const end = path.lastIndexOf('/');
    const isKnown = accepts(path.slice(end + 1));
    const place = paths.find((one) => one === path.slice(0, end));
    if (isKnown && place !== undefined) {
      request.url = place;
      next();
      return;
    }
    // Else a connection that is kept would be read to the end of the body.
    response.set('connection', 'close').status(404).type('text/plain').send('no webhook has this path\n');
  };
}
