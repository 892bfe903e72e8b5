/** The demo API: knows nothing of authentication, and answers with the request as it arrived. */

import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the demo API answers, as JSON. */
export interface Echo {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface DemoApi {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts the API on a port of an address of this machine; 0 = any that is free. */
export const startDemoApi = (wanted: number, address?: string): Promise<DemoApi> =>
  serveApi(answerWithEcho, wanted, address);

const answerWithEcho: RequestListener = (request, response) => {
  const echo: Echo = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
  };
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(echo, null, 2)}\n`);
};

/** The same with another answer. */
export async function serveApi(
  answer: RequestListener,
  wanted: number,
  address = '127.0.0.1',
): Promise<DemoApi> {
  const server = createServer(answer);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(wanted, address, resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  return {
    port,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}
