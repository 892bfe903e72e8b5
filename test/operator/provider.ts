/** Identity providers on loopback, each below a path of its own; a test says what each of them answers. */

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from '../../src/issuers/testing/certificates.ts';
import { publicJwk } from '../support/tokens.ts';

export type Answer = RequestListener;

export interface Provider {
  readonly origin: string;
  /** Discovery below /NAME, and these keys behind it. */
  issues(name: string, ...kids: readonly string[]): void;
  /** Whatever is asked below /NAME is answered so. */
  answers(name: string, answer: Answer): void;
  /** How often was asked below /NAME. */
  asked(name: string): number;
  stop(): Promise<void>;
}

export const json =
  (document: unknown, status = 200): Answer =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document));

/** Waits for ever. */
export const hang: Answer = () => {};

export async function startProvider(certificate?: Certificate): Promise<Provider> {
  const answers = new Map<string, Answer>();
  const counts = new Map<string, number>();
  const listener: RequestListener = (request, response) => {
    const name = /^\/([^/]+)/.exec(request.url ?? '')?.[1] ?? '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const answer = answers.get(name) ?? json({ error: 'no such provider' }, 404);
    answer(request, response);
  };
  const server: Server = certificate ? createTlsServer({ ...certificate }, listener) : createServer(listener);
  server.on('tlsClientError', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`;
  return {
    origin,
    issues(name, ...kids) {
      const issuer = `${origin}/${name}`;
      const keys = kids.map((kid) => publicJwk('ES256', kid));
      answers.set(name, (request, response) => {
        const document = request.url?.endsWith('/keys') ? { keys } : { issuer, jwks_uri: `${issuer}/keys` };
        json(document)(request, response);
      });
    },
    answers: (name, answer) => void answers.set(name, answer),
    asked: (name) => counts.get(name) ?? 0,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
