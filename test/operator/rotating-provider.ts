/** An identity provider that can be slow, or away, and that rotates its keys. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { freePorts } from '../support/server.ts';
import { publicJwk, signingKey, token } from '../support/tokens.ts';

export interface Provider {
  readonly issuer: string;
  /** How often keys were asked for. */
  fetches(): number;
  /** These keys, by name, are published from now on. */
  publish(...names: readonly string[]): void;
  /** Keys are kept back until what it answers is called. */
  holdBack(): () => void;
  stop(): Promise<void>;
  restart(): Promise<void>;
  /** A token that is good for an hour. */
  token(name: string): string;
}

const ALGORITHM = 'ES256';

/** `besides` stands in its key set, too. */
export async function startProvider(besides: readonly object[] = []): Promise<Provider> {
  let names: readonly string[] = ['a'];
  let fetches = 0;
  let released = Promise.resolve();
  const listen = async (at: number): Promise<Server> => {
    const listening = createServer(async (request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url !== '/keys') {
        response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
        return;
      }
      fetches += 1;
      await released;
      const keys = names.map((name) => publicJwk(ALGORITHM, name, { alg: ALGORITHM }));
      response.end(JSON.stringify({ keys: [...keys, ...besides] }));
    });
    await once(listening.listen(at, '127.0.0.1'), 'listening');
    return listening;
  };
  const [port = 0] = await freePorts(1);
  let server = await listen(port);
  const issuer = `http://127.0.0.1:${port}`;
  return {
    issuer,
    fetches: () => fetches,
    publish: (...others) => {
      names = others;
    },
    holdBack() {
      const { promise, resolve } = Promise.withResolvers<void>();
      released = promise;
      return resolve;
    },
    async stop() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
    async restart() {
      server = await listen(port);
    },
    token(name) {
      const now = Math.floor(Date.now() / 1000);
      return token({
        alg: ALGORITHM,
        key: signingKey(ALGORITHM, name),
        claims: { iss: issuer, sub: 'ann', iat: now, exp: now + 3600, aud: 'api' },
      });
    },
  };
}
