/** The validator that these tests try to hurt: one open route, the rest guarded, and tokens cheap and dear. */

import { readFileSync } from 'node:fs';
import type { Received } from '../envoy/guarded.ts';
import { binding, source, yaml } from '../support/manifests.ts';
import { publicJwk, signingKey, token } from '../support/tokens.ts';
import { reasonOf, type Validator } from '../support/validator.ts';

export const HOST = 'shop.example';

export const MANIFESTS = yaml([
  source('idp', {
    issuer: 'https://idp.example',
    keys: { jwks: { keys: [publicJwk('RS256', 'cheap'), publicJwk('ES512', 'dear')] } },
    audiences: ['api'],
  }),
  binding('shop', {
    sources: [{ name: 'idp' }],
    rules: [
      { match: { paths: [{ type: 'Exact', value: '/healthz' }] }, authentication: 'None' },
      { authentication: 'Required' },
    ],
  }),
]);

/** A good token; each `sub` makes another one. ES512 is verified off the main thread. */
export function bearer(sub = 'joe', alg: 'RS256' | 'ES512' = 'RS256'): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'https://idp.example', aud: 'api', sub, iat: now, exp: now + 600 };
  return token({ alg, key: signingKey(alg, alg === 'RS256' ? 'cheap' : 'dear'), claims });
}

export const verdict = (answer: Received): string => `${answer.status} ${reasonOf(answer)}`;

/** What must hold whatever else goes on: a good token passes, and nobody does without. */
export const GUARDS = ['200 authenticated', '401 token_missing'];

export async function guards(validator: Validator, sub?: string): Promise<readonly string[]> {
  const host = ['host', HOST] as const;
  const good = await validator.ask({ headers: [host, ['authorization', `Bearer ${bearer(sub)}`]] });
  return [good, await validator.ask({ headers: [host] })].map(verdict);
}

/** Bytes of memory that nothing but the process itself holds. */
export function anonymousMemory({ server }: Validator): number {
  const rollup = readFileSync(`/proc/${server.pid}/smaps_rollup`, 'utf8');
  return Number(/^Anonymous:\s+(\d+) kB$/m.exec(rollup)?.[1]) * 1024;
}
