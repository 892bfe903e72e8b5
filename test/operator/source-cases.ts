/** Sources and what their status says of them, one for each reason that a spec alone can cause. */

import { generateKeyPairSync } from 'node:crypto';
import type { JsonObject } from '../../src/base/json.ts';
import type { Shown } from './board.ts';
import { hmac } from './objects.ts';
import type { Provider } from './provider.ts';

export interface Providers {
  readonly provider: Provider;
  /** Over TLS, with an authority that nobody knows. */
  readonly secure: Provider;
}

type SourceCase = readonly [
  name: string,
  jwt: (providers: Providers) => JsonObject,
  shown: Shown,
  says: RegExp,
];

export const good = { Ready: 'True Ready', Accepted: 'True Accepted', KeysAvailable: 'True KeysAvailable' };
export const refusedFor = (reason: string): Shown => ({
  Ready: `False ${reason}`,
  Accepted: `False ${reason}`,
  KeysAvailable: 'False NotAccepted',
  Stalled: 'True Refused',
});
/** Of what may only be early. */
export const waitsFor = (reason: string): Shown => {
  const { Stalled: _, ...rest } = refusedFor(reason);
  return rest;
};
export const failing = (reason: string): Shown => ({
  Ready: `False ${reason}`,
  Accepted: 'True Accepted',
  KeysAvailable: `False ${reason}`,
});

export const fetched = (provider: Provider, name: string, fetch: JsonObject = {}): JsonObject => ({
  issuer: `${provider.origin}/${name}`,
  keys: {},
  fetch: { retryInterval: '500ms', ...fetch },
});
const caFrom = (name: string) => ({ caBundleFrom: { configMapKeyRef: { name, key: 'ca.crt' } } });

function shortKey(): JsonObject {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const { kty = '', n = '', e = '' } = publicKey.export({ format: 'jwk' });
  return { kty, n, e, kid: 'a' };
}

export const SOURCE_CASES: readonly SourceCase[] = [
  ['inline', () => ({}), good, /verifies tokens with 1 key\./],
  [
    'expression',
    () => ({ expressions: [{ expression: 'nosuch == 1' }] }),
    refusedFor('InvalidExpression'),
    /spec\.jwt\.expressions\[0\]/,
  ],
  [
    'dear',
    () => ({ expressions: [{ expression: "claims.sub.matches('x{1000}')" }] }),
    refusedFor('PolicyTooLarge'),
    /spec\.jwt\.expressions\[0\].*instructions/,
  ],
  [
    'pem',
    () => ({
      keys: { publicKeys: [{ pem: '-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----' }] },
    }),
    refusedFor('KeyInvalid'),
    /: spec\.jwt\.keys\.publicKeys\[0\]/,
  ],
  [
    'short',
    () => ({ keys: { jwks: { keys: [shortKey()] } } }),
    refusedFor('KeyTooShort'),
    /spec\.jwt\.keys\.jwks/,
  ],
  ['no-secret', () => hmac('absent'), waitsFor('SecretNotFound'), /absent/],
  [
    'no-ca',
    ({ provider }) => ({ ...fetched(provider, 'good', caFrom('absent')) }),
    waitsFor('CABundleNotFound'),
    /absent/,
  ],
  ['empty', ({ provider }) => fetched(provider, 'empty'), failing('MissingJwks'), /has no keys/],
  [
    'denied',
    ({ provider }) => ({ ...fetched(provider, 'x'), issuer: 'http://10.99.0.1/x' }),
    failing('UrlInvalid'),
    /10\.99\.0\.1/,
  ],
  [
    'nobody',
    ({ provider }) => ({ ...fetched(provider, 'x'), issuer: 'http://127.0.0.1:1/x' }),
    failing('UnknownHost'),
    /has no keys/,
  ],
  ['html', ({ provider }) => fetched(provider, 'html'), failing('CouldNotParseConfig'), /has no keys/],
  [
    'slow',
    ({ provider }) => fetched(provider, 'hangs', { timeout: '500ms' }),
    failing('RequestTimeout'),
    /has no keys/,
  ],
  ['broken', ({ provider }) => fetched(provider, 'broken'), failing('RemoteHostRespondedWithError'), /500/],
  [
    'waiting',
    ({ provider }) => fetched(provider, 'hangs', { timeout: '10m' }),
    { Ready: 'Unknown Pending', Accepted: 'True Accepted', KeysAvailable: 'Unknown Pending' },
    /being fetched/,
  ],
  [
    'distrusts',
    ({ provider, secure }) => ({ ...fetched(provider, 'x'), issuer: `${secure.origin}/secure` }),
    failing('UnknownHost'),
    /certificate/i,
  ],
];
