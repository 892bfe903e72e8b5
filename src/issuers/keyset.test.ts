import { expect, it } from 'vitest';
import type { KeyLocation } from '../keys/plan.ts';
import type { BoundGet } from './discovery.ts';
import { fetchKeySet } from './keyset.ts';
import { fetchFrom, testGet } from './testing/fetching.ts';
import { publicJwk } from './testing/keys.ts';
import { redirects, routes, serves, startServer } from './testing/servers.ts';

const get: BoundGet = (request) => fetchFrom(request.url, testGet(), request);
const key = publicJwk('a');
const jwks = (url: string): KeyLocation => ({ kind: 'jwks', url });
const discovery = (issuer: string): KeyLocation => ({
  kind: 'discovery',
  issuer,
  url: undefined,
  tenants: [],
});

/** A provider whose document names `jwks_uri` at its own origin. */
async function startProvider(
  document: (origin: string) => object = (origin) => ({ jwks_uri: `${origin}/keys` }),
) {
  const server = await startServer((request, response) => {
    routes({
      '/.well-known/openid-configuration': serves({ issuer: server.origin, ...document(server.origin) }),
      '/keys': serves({ keys: [key] }, { 'cache-control': 'max-age=900' }),
    })(request, response);
  });
  return server;
}

it('a key set is read from its address', async () => {
  const server = await startProvider();
  const url = `${server.origin}/keys`;
  expect(await fetchKeySet(jwks(url), undefined, get)).toMatchObject({
    kind: 'keys',
    jwksURI: url,
    keys: [key],
    headers: { 'cache-control': 'max-age=900' },
  });
});

it('a key set is discovered, and later read without discovery', async () => {
  const server = await startProvider();
  const found = await fetchKeySet(discovery(server.origin), undefined, get);
  expect(found).toMatchObject({ kind: 'keys', jwksURI: `${server.origin}/keys`, keys: [key] });
  await fetchKeySet(discovery(server.origin), `${server.origin}/keys`, get);
  expect(server.requests).toEqual(['GET /.well-known/openid-configuration', 'GET /keys', 'GET /keys']);
});

it('keys that are no use are left out, private members too', async () => {
  const encryption = { ...publicJwk('enc'), use: 'enc', alg: 'ECDH-ES' };
  const secret = { kty: 'oct', k: 'c2VjcmV0', kid: 's' };
  const server = await startServer(serves({ keys: [encryption, secret, { ...key, x5c: ['…'] }, 7] }));
  expect(await fetchKeySet(jwks(server.origin), undefined, get)).toMatchObject({ keys: [key] });
});

it('says which keys of the set are left out', async () => {
  const server = await startServer(serves({ keys: [key, { kty: 'oct', k: 'c2VjcmV0', kid: 's' }] }));
  expect(await fetchKeySet(jwks(server.origin), undefined, get)).toMatchObject({
    keys: [key],
    leftOut: { count: 1, keys: [{ index: 1, kid: 's' }] },
  });
});

it("SPIFFE's keys are taken where the source says that its tokens are SPIFFE's", async () => {
  const server = await startServer(serves({ keys: [{ ...key, use: 'jwt-svid' }] }));
  expect(await fetchKeySet({ ...jwks(server.origin), svids: true }, undefined, get)).toMatchObject({
    keys: [{ ...key, use: 'sig' }],
  });
  expect(await fetchKeySet(jwks(server.origin), undefined, get)).toMatchObject({
    error: { code: 'MISSING_JWKS', message: expect.stringContaining('say preset: SPIFFE') },
  });
});

it.each([
  ['no keys member', {}],
  ['keys that are no list', { keys: {} }],
  ['no keys', { keys: [] }],
  ['encryption keys alone', { keys: [{ ...publicJwk('enc'), use: 'enc' }] }],
  ['a shared secret alone', { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }],
])('%s: MISSING_JWKS', async (_what, document) => {
  const server = await startServer(serves(document));
  const outcome = await fetchKeySet(jwks(server.origin), undefined, get);
  expect(outcome).toMatchObject({ error: { code: 'MISSING_JWKS' } });
  expect(JSON.stringify(outcome)).not.toContain('c2VjcmV0');
});

it.each([
  ['no jwks_uri', {}, 'MISSING_JWKS'],
  ['a jwks_uri that is no URL', { jwks_uri: '/keys' }, 'URL_INVALID'],
  ['a jwks_uri of another scheme', { jwks_uri: 'file:///etc/passwd' }, 'URL_INVALID'],
  ['a jwks_uri with a password', { jwks_uri: 'http://a:b@127.0.0.1/' }, 'URL_INVALID'],
  [
    "another's issuer",
    { issuer: 'https://evil.example', jwks_uri: 'https://evil.example/' },
    'COULD_NOT_PARSE_CONFIG',
  ],
])('a document with %s: the key set is not asked for', async (_what, document, code) => {
  const server = await startProvider(() => document);
  expect(await fetchKeySet(discovery(server.origin), undefined, get)).toMatchObject({ error: { code } });
  expect(server.requests).toEqual(['GET /.well-known/openid-configuration']);
});

it('a document that was redirected to is still judged by its issuer', async () => {
  const target = await startProvider();
  const server = await startServer(redirects(`${target.origin}/.well-known/openid-configuration`));
  expect(await fetchKeySet(discovery(server.origin), undefined, get)).toMatchObject({
    error: { code: 'COULD_NOT_PARSE_CONFIG' },
  });
});

it('a sign-in page in place of the keys is no key set', async () => {
  const server = await startServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
  });
  expect(await fetchKeySet(jwks(server.origin), undefined, get)).toMatchObject({
    error: { code: 'COULD_NOT_PARSE_CONFIG', message: expect.stringContaining('text/html') },
  });
});
