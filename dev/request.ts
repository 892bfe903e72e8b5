/** A small HTTP client that sends the path byte for byte, where fetch would tidy it up. */

import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** Sends one request on a connection of its own. Rejects when there is no answer within `timeout` milliseconds. */
export function get(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  { method = 'GET', timeout = 5000 }: { readonly method?: string; readonly timeout?: number } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request(
    { host: '127.0.0.1', port, path, method, headers, agent: false, timeout },
    async (response) => {
      let body = '';
      response.setEncoding('utf8');
      for await (const part of response) body += part;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    },
  );
  outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer within ${timeout} ms`)));
  outgoing.once('error', reject);
  outgoing.end();
  return promise;
}
