/** A source with bare keys, which needs no provider, what it guards, and its tokens. */

import type { JsonObject } from '../../src/base/json.ts';
import { publicJwk, token } from '../support/tokens.ts';
import type { Sent } from './agent/protocol.ts';
import { binding, source } from './objects.ts';

const ISSUER = 'https://keys.example';

export const keys = (namespace: string): JsonObject =>
  source(namespace, 'keys', {
    issuer: ISSUER,
    audiences: ['api'],
    keys: { jwks: { keys: [{ ...publicJwk('RS256') }] } },
  });

/** Guards the Service of its name by that source. */
export const guard = (namespace: string, name: string, spec: JsonObject = {}): JsonObject =>
  binding(namespace, name, { sources: [{ name: 'keys' }], ...spec });

/** Good for an hour. */
export function mint(claims: object = {}): string {
  const now = Math.floor(Date.now() / 1000);
  return token({ claims: { iss: ISSUER, sub: 'joe', aud: 'api', iat: now, exp: now + 3600, ...claims } });
}

export const withToken = (url: string, claims: object = {}): Sent => ({
  url,
  headers: [['authorization', `Bearer ${mint(claims)}`]],
});
