/** The harness itself: tokens that jose accepts by the published keys, a rotation, and a key taken away. */
import { createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Keycloak, startKeycloak } from './harness.ts';
import type { Realm } from './realm.ts';

const ann = { user: 'ann', password: 'correct horse' };

let keycloak: Keycloak;
let realm: Realm;

beforeAll(async () => {
  keycloak = await startKeycloak();
  realm = await keycloak.createRealm('shop');
  await realm.createRole('admin');
  await realm.createClient('web', { audience: 'api://orders' });
  await realm.createUser({ ...ann, roles: ['admin'] });
});

afterAll(() => keycloak?.stop());

async function publishedKeys(): Promise<JSONWebKeySet> {
  const response = await fetch(realm.jwksUri);
  return (await response.json()) as JSONWebKeySet;
}

async function verify(token: string) {
  return jwtVerify(token, createLocalJWKSet(await publishedKeys()), { issuer: realm.issuer });
}

describe('a real Keycloak', () => {
  it('publishes where its keys are', async () => {
    const response = await fetch(`${realm.issuer}/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({ issuer: realm.issuer, jwks_uri: realm.jwksUri });
  });

  it('gives tokens with roles and audience', async () => {
    const { payload } = await verify(await realm.token('web', ann));
    expect(payload).toMatchObject({
      typ: 'Bearer',
      azp: 'web',
      preferred_username: 'ann',
      aud: expect.arrayContaining(['api://orders']),
      realm_access: { roles: expect.arrayContaining(['admin']) },
    });
  });

  it('refuses a wrong password', async () => {
    await expect(realm.token('web', { user: 'ann', password: 'wrong' })).rejects.toThrow('invalid_grant');
  });

  it('rotates keys: the new one signs, the old one stays good until it is disabled', async () => {
    const old = await realm.activeKey();
    const before = await realm.token('web', ann);
    expect(decodeProtectedHeader(before).kid).toBe(old);

    const next = await realm.rotateKey();
    expect(next).not.toBe(old);
    const after = await realm.token('web', ann);
    expect(decodeProtectedHeader(after).kid).toBe(next);
    await expect(verify(before)).resolves.toBeDefined();

    await realm.disableKey(old);
    await expect(verify(before)).rejects.toThrow(errors.JWKSNoMatchingKey);
    await expect(verify(after)).resolves.toBeDefined();
  });

  it.each(['PS256', 'ES256', 'ES512', 'EdDSA'])('signs by %s', async (algorithm) => {
    const other = await keycloak.createRealm(`signs-by-${algorithm.toLowerCase()}`, {
      defaultSignatureAlgorithm: algorithm,
    });
    const kid = await other.rotateKey(algorithm);
    await other.createClient('web');
    await other.createUser(ann);
    expect(decodeProtectedHeader(await other.token('web', ann))).toMatchObject({ alg: algorithm, kid });
  });
});
