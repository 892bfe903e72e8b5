/**
 * Who may ask at the admin address: programs of whoever may connect to it, and its own pages in a browser. Pages of other
 * origins may not, also where they have given their own name the address 127.0.0.1 (DNS rebinding).
 */

import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '../../process/address.ts';

/** A name or an address, and a port. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i;

/**
 * Returns why the request is refused; undefined = it may ask.
 *
 * @param isSocket it came over a Unix socket, which no browser opens: any Host will do.
 */
export function refusedVisitor(headers: IncomingHttpHeaders, isSocket: boolean): string | undefined {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  const name = HOST.exec(host)?.[1];
  if (!isSocket && (name === undefined || !isLoopback(name.toLowerCase()))) {
    return 'this address is for this machine alone: ask it as localhost, 127.0.0.1 or [::1]';
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return 'pages of other origins may not ask here: open this address itself, or use a program';
  }
  // What the person typed, or opened from a bookmark, has none.
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return 'pages of other origins may not ask here, nor lead here: copy the address into the browser';
  }
  return undefined;
}
