/** A server for this machine alone: it tells browsers to be strict, and nothing to pages of other origins. */

import type { Server } from 'node:http';
import {
  type Endpoint,
  type Pages,
  pageListener,
  sendPage,
  serverOf,
  textPage,
} from '../../process/pages.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { refusedVisitor } from './visitors.ts';

const MAX_CONNECTIONS = 64;

/** Does not listen yet. */
export function guardedServer(pages: Pages, endpoints: Readonly<Record<string, Endpoint>>): Server {
  const listener = pageListener(pages, endpoints);
  const server = serverOf((request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const problem = refusedVisitor(request.headers, typeof server.address() === 'string');
    if (problem === undefined) listener(request, response);
    else sendPage(response, textPage(403, problem));
  });
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}
