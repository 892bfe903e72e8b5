import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type DevelopmentProvider, startProvider } from './provider.ts';
import { ANN, AUDIENCE, JOE } from './users.ts';

let provider: DevelopmentProvider;

beforeEach(async () => {
  provider = await startProvider(0);
});
afterEach(() => provider.stop());

/** Verifies with the keys as they are published now. */
function verify(token: string): ReturnType<typeof jwtVerify> {
  const keys = createRemoteJWKSet(new URL(`${provider.issuer}/jwks`));
  return jwtVerify(token, keys, { issuer: provider.issuer, audience: AUDIENCE, typ: 'at+jwt' });
}

it('is found by discovery', async () => {
  const response = await fetch(`${provider.issuer}/.well-known/openid-configuration`);
  expect(await response.json()).toMatchObject({
    issuer: provider.issuer,
    jwks_uri: `${provider.issuer}/jwks`,
    token_endpoint: `${provider.issuer}/token`,
  });
});

it.each([JOE, ANN])('gives $id an access token with roles and scope', async (user) => {
  const { payload } = await verify(await provider.token(user));
  expect(payload).toMatchObject({ sub: user.id, roles: user.roles, scope: 'orders:read' });
});

it('gives a stranger nothing', async () => {
  vi.spyOn(console, 'error');
  await expect(provider.token({ ...JOE, secret: 'wrong' })).rejects.toThrow('gave joe no token (status 401)');
  expect(console.error).not.toHaveBeenCalled();
});

it('can look back: an old token has its signature and its age', async () => {
  await expect(verify(await provider.tokenOfAge(JOE, 7200))).rejects.toThrow('"exp" claim timestamp');
  const { payload } = await verify(await provider.tokenOfAge(JOE, 60));
  expect(payload.sub).toBe('joe');
});

it('rotates: a new key signs, the old one stays published', async () => {
  const before = await provider.token(JOE);
  await provider.rotateKeys();
  const after = await provider.token(JOE);
  expect(decodeProtectedHeader(before).kid).toBe('demo-1');
  expect(decodeProtectedHeader(after).kid).toBe('demo-2');
  expect(provider.kid).toBe('demo-2');
  await expect(verify(before)).resolves.toBeDefined();
  await expect(verify(after)).resolves.toBeDefined();
});

it('publishes no private member', async () => {
  const document = await (await fetch(`${provider.issuer}/jwks`)).text();
  expect(document).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
});

it('goes down and comes back with the same keys', async () => {
  const token = await provider.token(JOE);
  await provider.stop();
  await expect(fetch(`${provider.issuer}/jwks`)).rejects.toThrow();
  await provider.start();
  await expect(verify(token)).resolves.toBeDefined();
});
