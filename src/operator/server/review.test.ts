/** Tokens judged by the API server's keys: one that is good, and all the others. */

import { beforeEach, describe, expect, it } from 'vitest';
import { publicJwk, signingKey, type TokenParts, token } from '../../../test/support/tokens.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { type FakeClock, fakeClock } from '../../base/testing/clock.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import type { TokenVerdict } from '../../kubernetes/token-review.ts';
import { READ_COOLDOWN } from './account-keys.ts';
import { identify } from './caller.ts';
import { createReview, type TokenReviewer } from './review.ts';

const ISSUER = 'https://kubernetes.default.svc';
const DOCUMENT = { issuer: ISSUER, id_token_signing_alg_values_supported: ['RS256'] };
const NOW = Date.parse('2026-11-23T12:00:00Z');
const seconds = NOW / 1000;

const BOUND = {
  namespace: 'shop',
  node: { name: 'n', uid: 'uid-n' },
  pod: { name: 'orders-0', uid: 'uid-orders-0' },
  serviceaccount: { name: 'orders', uid: 'uid-orders' },
  warnafter: seconds + 3000,
};
/** As the API server writes them. */
const CLAIMS = {
  aud: ['portcullis'],
  exp: seconds + 3600,
  iat: seconds - 60,
  nbf: seconds - 60,
  iss: ISSUER,
  jti: 'e2a5',
  'kubernetes.io': BOUND,
  sub: 'system:serviceaccount:shop:orders',
};
const POD = { kind: 'pod', pod: 'shop/orders-0', uid: 'uid-orders-0' };

let clock: FakeClock;
let document: JsonValue;
let keys: readonly JsonValue[];
let failure: Outcome<JsonValue> | undefined;
let reads: number;
let judge: TokenReviewer;

beforeEach(() => {
  clock = fakeClock(NOW);
  document = DOCUMENT;
  keys = [{ ...publicJwk('RS256') }];
  failure = undefined;
  reads = 0;
  judge = createReview({
    clock,
    watched: ['shop', 'web'],
    client: {
      review: async () => failed('Forbidden', 'nobody may'),
      read: async (path) => {
        if (path === '/openid/v1/jwks') reads += 1;
        return failure ?? ok(path === '/openid/v1/jwks' ? { keys } : document);
      },
    },
  });
});

/** API servers write no `typ`. */
const made = ({ header, ...parts }: TokenParts = {}): string =>
  token({ claims: CLAIMS, ...parts, header: { typ: undefined, ...header } });
const withClaims = (changes: object): string => made({ claims: { ...CLAIMS, ...changes } });
const bound = (changes: object): string => withClaims({ 'kubernetes.io': { ...BOUND, ...changes } });

/** The keys say all that there is to say. */
async function prove(text: string): Promise<Outcome<TokenVerdict>> {
  const proof = await judge.prove(text, '10.0.0.1');
  if (typeof proof === 'string') throw new Error(proof);
  return proof;
}

/** `pod`, the status of a refusal, or the kind of a failure. */
async function judged(text: string): Promise<string | number> {
  const outcome = await prove(text);
  if (outcome.kind === 'failed') return outcome.error.kind;
  const identity = identify(outcome.value);
  return identity.kind === 'pod' ? 'pod' : identity.status;
}

describe('a token', () => {
  it('of a pod tells which', async () => {
    const outcome = await prove(made());
    expect(outcome.kind === 'ok' && identify(outcome.value)).toEqual(POD);
  });

  it.each([
    ['of another watched namespace', () => withClaims(inWeb('orders'))],
    ['for others too', () => withClaims({ aud: ['vault', 'portcullis'] })],
    ['for one, as a string', () => withClaims({ aud: 'portcullis' })],
    ['that says it is a JWT', () => made({ header: { typ: 'JWT' } })],
    ['without a node', () => bound({ node: undefined })],
    ['that a clock ahead has issued', () => withClaims({ nbf: seconds + 20 })],
    ['that a clock ahead thinks is over', () => withClaims({ exp: seconds - 20 })],
  ])('%s is good', async (_, text) => {
    expect(await judged(text())).toBe('pod');
  });

  const other = () => signingKey('RS256', 'other');
  it.each<readonly [string, () => string, string | number]>([
    // Signature, key and algorithm.
    ['signed by another under the name of a key', () => made({ key: other(), header: { kid: 'a' } }), 401],
    ['signed by another without a name', () => made({ key: other(), header: { kid: undefined } }), 401],
    ['signed by a key that nobody knows', () => made({ key: other() }), 401],
    ['whose claims were changed', () => splice(withClaims({ sub: 'x' }), made()), 401],
    ['whose header was changed', () => splice(made({ header: { x: 1 } }), made(), 0), 401],
    ['without a signature', () => `${made({ header: { alg: 'none' } }).replace(/[^.]*$/, '')}`, 401],
    ['that says none', () => made({ header: { alg: 'none' } }), 401],
    ['by HMAC with the public key', () => made({ alg: 'HS256', key: secretOfPublicKey() }), 401],
    [
      'by an algorithm that is not the API server’s',
      () => made({ alg: 'RS512', key: signingKey('RS256') }),
      401,
    ],
    [
      'with a key of its own in the header',
      () => made({ key: other(), header: { kid: 'a', jwk: publicJwk('RS256', 'other') } }),
      401,
    ],
    ['with critical extensions', () => made({ header: { crit: ['x'], x: 1 } }), 401],
    ['that is an access token of others', () => made({ header: { typ: 'dpop+jwt' } }), 401],
    // Whose, for whom, when.
    ['of another issuer', () => withClaims({ iss: `${ISSUER}.example` }), 401],
    ['of another spelling of the issuer', () => withClaims({ iss: `${ISSUER}/` }), 401],
    ['of no issuer', () => withClaims({ iss: undefined }), 401],
    ['for the API server', () => withClaims({ aud: [ISSUER] }), 401],
    ['for a longer name', () => withClaims({ aud: ['portcullis.example'] }), 401],
    ['for another spelling', () => withClaims({ aud: ['Portcullis'] }), 401],
    ['for nobody', () => withClaims({ aud: [] }), 401],
    ['that does not say for whom', () => withClaims({ aud: undefined }), 401],
    ['for what is no text', () => withClaims({ aud: [['portcullis']] }), 401],
    ['that is over', () => withClaims({ exp: seconds - 31 }), 401],
    ['that is never over', () => withClaims({ exp: undefined }), 401],
    ['that is over in milliseconds', () => withClaims({ exp: NOW + 3_600_000 }), 401],
    ['that is not good yet', () => withClaims({ nbf: seconds + 31 }), 401],
    ['with a time that is none', () => withClaims({ nbf: 'now' }), 401],
    ['bound to its sender', () => withClaims({ cnf: { jkt: 'x' } }), 401],
    // What it is bound to.
    ['of a person', () => withClaims({ 'kubernetes.io': undefined, sub: 'joe' }), 401],
    ['bound to what is no object', () => withClaims({ 'kubernetes.io': 'shop/orders-0' }), 401],
    ['of a service account, and not bound', () => bound({ pod: undefined }), 403],
    ['bound to a Secret', () => bound({ pod: undefined, secret: { name: 's', uid: 'u' } }), 401],
    ['bound to a Secret as well', () => bound({ secret: { name: 's', uid: 'u' } }), 401],
    ['bound to a pod without a uid', () => bound({ pod: { name: 'orders-0' } }), 401],
    ['bound to a pod with an empty uid', () => bound({ pod: { name: 'orders-0', uid: '' } }), 401],
    ['bound to a pod without a name', () => bound({ pod: { uid: 'uid-orders-0' } }), 401],
    ['bound to a pod that leads elsewhere', () => bound({ pod: { name: '../web/x', uid: 'u' } }), 401],
    ['bound to several pods', () => bound({ pod: [BOUND.pod] }), 401],
    ['bound to no pod', () => bound({ pod: null }), 401],
    ['of a namespace that is not watched', () => withClaims(inNamespace('other', 'orders')), 401],
    ['of no namespace', () => bound({ namespace: undefined }), 401],
    ['of a namespace of JavaScript', () => withClaims(inNamespace('constructor', 'orders')), 401],
    ['whose namespaces differ', () => bound({ namespace: 'web' }), 401],
    ['whose accounts differ', () => bound({ serviceaccount: { name: 'default', uid: 'u' } }), 401],
    ['of no account', () => bound({ serviceaccount: undefined }), 401],
    ['of an account with two names', () => withClaims(inNamespace('shop', 'a:b')), 401],
    ['with a claim twice', () => made({ claims: twice('"namespace":"web"') }), 401],
    ['with a pod twice', () => made({ claims: twice('"pod":{"name":"other","uid":"u"}') }), 401],
  ])('%s is not', async (_, text, expected) => {
    expect(await judged(text())).toBe(expected);
  });

  it('says nothing where it is judged that could be replayed', async () => {
    expect(JSON.stringify(await prove(made()))).not.toContain('e2a5');
  });
});

describe('the API server’s keys', () => {
  it('that change are looked for when a token needs it, once in a while', async () => {
    const next = made({ key: signingKey('RS256', 'next') });
    expect([await judged(made()), await judged(next), reads]).toEqual(['pod', 401, 1]);
    keys = [{ ...publicJwk('RS256', 'next') }];
    await clock.advance(READ_COOLDOWN);
    expect([await judged(next), reads]).toEqual(['pod', 2]);
    // The one before is gone for all, and no reason to ask again and again.
    for (let times = 0; times < 5; times++) expect(await judged(made())).toBe(401);
    expect(reads).toBe(2);
  });

  it('may come with another issuer and another algorithm', async () => {
    await judged(made());
    document = { issuer: `${ISSUER}.cluster.local`, id_token_signing_alg_values_supported: ['ES256'] };
    keys = [{ ...publicJwk('ES256') }];
    await clock.advance(READ_COOLDOWN);
    const claims = { ...CLAIMS, iss: `${ISSUER}.cluster.local` };
    expect(await judged(made({ alg: 'ES256', claims }))).toBe('pod');
    expect(await judged(made())).toBe(401);
  });

  it.each<readonly [string, { readonly keys?: readonly JsonValue[]; readonly document?: JsonValue }]>([
    ['are none', { keys: [] }],
    ['are secret', { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'a' }] }],
    ['are for algorithms that nobody knows', { document: { ...DOCUMENT, ...ALGORITHMS(['XX256']) } }],
  ])('that %s let nobody in, and nobody can say', async (_, published) => {
    ({ keys = keys, document = document } = published);
    expect(await judged(made())).toBe('Unexpected');
  });

  it('verify no HMAC, whatever the document says', async () => {
    document = { ...DOCUMENT, ...ALGORITHMS(['HS256']) };
    expect(await judged(made({ alg: 'HS256', key: secretOfPublicKey() }))).toBe(401);
    expect(await judged(made())).toBe(401);
  });

  it('that cannot be read let nobody in; those that were read serve on', async () => {
    failure = failed('Forbidden', '403');
    expect(await judged(made())).toBe('Forbidden');
    failure = undefined;
    await clock.advance(READ_COOLDOWN);
    expect(await judged(made())).toBe('pod');
    failure = failed('Unreachable', 'down');
    await clock.advance(3_000_000);
    expect(await judged(made())).toBe('pod');
    // Whether there is such a key nobody can say.
    expect(await judged(made({ key: signingKey('RS256', 'next') }))).toBe('Unreachable');
  });
});

const ALGORITHMS = (names: readonly string[]): JsonObject => ({
  id_token_signing_alg_values_supported: names,
});

const inNamespace = (namespace: string, account: string) => ({
  sub: `system:serviceaccount:${namespace}:${account}`,
  'kubernetes.io': { ...BOUND, namespace, serviceaccount: { name: account, uid: 'u' } },
});
const inWeb = (account: string) => inNamespace('web', account);

/** The member stands in `kubernetes.io` once more, before the one that counts. */
const twice = (member: string): string =>
  JSON.stringify(CLAIMS).replace('"kubernetes.io":{', `"kubernetes.io":{${member},`);

/** One part of the one token in the place of the other's. */
function splice(from: string, into: string, index = 1): string {
  const parts = into.split('.');
  parts[index] = from.split('.')[index] ?? '';
  return parts.join('.');
}

/** The old trick: the public key, which everybody knows, as a secret. */
function secretOfPublicKey() {
  const bytes = Buffer.from(JSON.stringify(publicJwk('RS256')));
  return { kind: 'secret', bytes } as const;
}
