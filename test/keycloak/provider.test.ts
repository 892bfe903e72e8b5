// A real Keycloak as the identity provider of the real validator, asked at its own address.

import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Received } from '../envoy/guarded.ts';
import { binding, source, yaml } from '../support/manifests.ts';
import { reasonOf, startValidator, type Validator } from '../support/validator.ts';
import { type Keycloak, startKeycloak } from './harness.ts';
import type { Realm } from './realm.ts';

const ann = { user: 'ann', password: 'correct horse' };
const joe = { user: 'joe', password: 'battery staple' };

/** The issuer that the realm `outside` is known by: nobody reaches it under this name. */
const FRONTEND = 'https://id.example';
/** Keycloak says `no-cache`, which shortens it to a minute: longer than these tests take. */
const SELDOM = { refreshInterval: '1h', retryInterval: '200ms' };
const OFTEN = { refreshInterval: '500ms', retryInterval: '200ms' };
const ALGORITHMS = ['RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const WAIT = { timeout: 30_000, interval: 50 };

let keycloak: Keycloak;
let shop: Realm;
let outside: Realm;
let rotating: Realm;
let validator: Validator;

beforeAll(async () => {
  keycloak = await startKeycloak();
  shop = await keycloak.createRealm('shop');
  await shop.createRole('admin');
  await shop.createClient('web', { audience: 'api://orders' });
  await shop.createClient('my-client', { roles: ['packer'] });
  await shop.createUser({ ...ann, roles: ['admin'], clientRoles: { 'my-client': ['packer'] } });
  await shop.createUser(joe);
  for (const algorithm of ALGORITHMS) {
    await shop.rotateKey(algorithm);
    await shop.createClient(`signs-${algorithm}`, { algorithm });
  }
  outside = await keycloak.createRealm('outside', { attributes: { frontendUrl: FRONTEND } });
  rotating = await keycloak.createRealm('rotating');
  for (const realm of [outside, rotating]) {
    await realm.createClient('web');
    await realm.createUser(ann);
  }
  validator = await startValidator({
    manifests: manifests(),
    flags: ['--allow-insecure-http', '--fetch-deny-cidrs', '169.254.0.0/16'],
  });
  const token = await shop.token('web', ann);
  for (const name of ['shop', 'packing']) {
    await validator.server.until(`in possession of the keys of ${name}`, 30, async () =>
      status(await ask(name, token)) === 503 ? undefined : true,
    );
  }
});

afterAll(async () => {
  await validator?.stop();
  await keycloak?.stop();
});

function manifests(): string {
  const keycloakSource = (name: string, jwt: object) => source(name, { preset: 'Keycloak', ...jwt });
  const guarded = (name: string, rules: readonly object[] = []) =>
    binding(name, { sources: [{ name }], rules });
  const admins = {
    match: { paths: [{ type: 'PathPrefix', value: '/admin' }] },
    require: { roles: { anyOf: ['admin'] } },
  };
  const packers = { require: { roles: { anyOf: ['packer'] } } };
  const outsideRealm = { issuer: `${FRONTEND}/realms/outside` };
  return yaml([
    keycloakSource('shop', { issuer: shop.issuer, audiences: ['api://orders', 'web'], fetch: SELDOM }),
    guarded('shop', [admins]),
    keycloakSource('packing', {
      issuer: shop.issuer,
      mapping: { roles: ["resource_access['my-client'].roles"] },
      fetch: SELDOM,
    }),
    guarded('packing', [packers]),
    keycloakSource('discovered', {
      ...outsideRealm,
      keys: { discoveryURL: `${outside.issuer}/.well-known/openid-configuration` },
    }),
    guarded('discovered'),
    keycloakSource('named', { ...outsideRealm, keys: { jwksURI: outside.jwksUri } }),
    guarded('named'),
    keycloakSource('curious', { issuer: rotating.issuer, fetch: { ...SELDOM, unknownKeyCooldown: '200ms' } }),
    guarded('curious'),
    keycloakSource('patient', { issuer: rotating.issuer, fetch: { ...SELDOM, unknownKeyCooldown: '1h' } }),
    guarded('patient'),
    keycloakSource('watchful', { issuer: rotating.issuer, fetch: { ...OFTEN, unknownKeyCooldown: '1h' } }),
    guarded('watchful'),
  ]);
}

const ask = (name: string, token: string, target = '/'): Promise<Received> =>
  validator.ask({
    target,
    headers: [
      ['host', `${name}.example`],
      ['authorization', `Bearer ${token}`],
    ],
  });

const status = (answer: Received): number => answer.status;
const detail = ({ body }: Received): unknown => (JSON.parse(body) as { readonly detail: unknown }).detail;
const fetches = (name: string): Promise<number> =>
  validator.metric(`portcullis_key_fetches_total{source="shop/${name}",result="success"}`);

/** The same claims under a kid that nobody has. */
function withUnknownKid(token: string): string {
  const header = { ...decodeProtectedHeader(token), kid: 'nobody-has-this' };
  const [, ...rest] = token.split('.');
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
}

// First, since after a minute everybody looks again by himself.
describe('when a key is rotated', () => {
  const names = ['curious', 'patient', 'watchful'] as const;

  it('an unknown kid fetches the new one, at most once in the cooldown, and the old one stays good', async () => {
    const before = await rotating.token('web', ann);
    const old = await rotating.activeKey();
    for (const name of names) {
      await expect.poll(async () => status(await ask(name, before)), WAIT).toBe(200);
    }

    // Spends the one fetch that `patient` has in an hour.
    await expect
      .poll(async () => reasonOf(await ask('patient', withUnknownKid(before))), WAIT)
      .toBe('key_unknown');
    const spent = await fetches('patient');
    const known = await fetches('curious');

    expect(await rotating.rotateKey()).not.toBe(old);
    const after = await rotating.token('web', ann);

    // It may take longer than a request waits.
    await expect.poll(async () => status(await ask('curious', after)), WAIT).toBe(200);
    expect(await fetches('curious')).toBe(known + 1);
    await expect.poll(async () => status(await ask('watchful', after)), WAIT).toBe(200);
    for (let i = 0; i < 20; i++) expect(reasonOf(await ask('patient', after))).toBe('key_unknown');
    expect(await fetches('patient')).toBe(spent);

    for (const name of names) expect(status(await ask(name, before))).toBe(200);

    await rotating.disableKey(old);
    await expect.poll(async () => reasonOf(await ask('watchful', before)), WAIT).toBe('key_unknown');
    expect(status(await ask('watchful', after))).toBe(200);
    // Nobody has told this one yet; a token with an unknown kid makes it look again.
    expect(status(await ask('curious', before))).toBe(200);
    await expect
      .poll(async () => {
        await ask('curious', withUnknownKid(before));
        return reasonOf(await ask('curious', before));
      }, WAIT)
      .toBe('key_unknown');
  });
});

describe('with the preset Keycloak', () => {
  it('a token passes, and its user is named', async () => {
    const token = await shop.token('web', ann);
    const answer = await ask('shop', token);
    expect(answer.status).toBe(200);
    expect(answer.headers['x-auth-user']).toBe(decodeJwt(token).sub);
    expect(answer.headers['x-auth-roles']).toContain('admin');
  });

  it('the role decides, and the refusal calls the user by preferred_username', async () => {
    expect(status(await ask('shop', await shop.token('web', ann), '/admin'))).toBe(200);

    const token = await shop.token('web', joe);
    const { roles } = decodeJwt<{ realm_access: { roles: readonly string[] } }>(token).realm_access;
    const answer = await ask('shop', token, '/admin');
    expect([answer.status, reasonOf(answer)]).toEqual([403, 'role_mismatch']);
    expect(detail(answer)).toBe(
      `Role(s) ${roles.join(', ')} for user joe do not match the required role(s) for this request.`,
    );
  });

  it('roles of a client are read where the mapping says', async () => {
    const answer = await ask('packing', await shop.token('web', ann));
    expect(answer.status).toBe(200);
    expect(answer.headers['x-auth-roles']).toBe('packer');

    const refusal = await ask('packing', await shop.token('web', joe));
    expect([refusal.status, detail(refusal)]).toEqual([
      403,
      'No Role(s) are associated for user joe to validate the current request.',
    ]);
  });

  it('an ID token is refused, though issuer, audience and signature are good', async () => {
    const { id, access } = await shop.tokens('web', ann);
    expect(decodeJwt(id)).toMatchObject({ typ: 'ID', iss: shop.issuer, aud: 'web' });
    const answer = await ask('shop', id);
    expect([answer.status, reasonOf(answer)]).toEqual([401, 'claim_rejected']);
    expect(status(await ask('shop', access))).toBe(200);
  });

  it('a token of another client, which lacks the audience, is refused', async () => {
    const answer = await ask('shop', await shop.token('my-client', ann));
    expect([answer.status, reasonOf(answer)]).toEqual([401, 'audience_mismatch']);
  });

  it('the key for encryption is left out', async () => {
    const published = (await (await fetch(shop.jwksUri)).json()) as { keys: { kid: string; use: string }[] };
    const [encrypting] = published.keys.filter(({ use }) => use === 'enc');
    expect(encrypting).toMatchObject({ kty: 'RSA', alg: 'RSA-OAEP' });
    const policy = await (await fetch(`http://127.0.0.1:${validator.admin}/policy`)).text();
    const used = published.keys.filter(({ kid }) => policy.includes(kid));
    expect(used).toEqual(published.keys.filter(({ use }) => use === 'sig'));
    expect(used.length).toBe(ALGORITHMS.length + 1);
  });

  it.each(ALGORITHMS)('a token signed by %s passes', async (algorithm) => {
    const token = await shop.token(`signs-${algorithm}`, ann);
    expect(decodeProtectedHeader(token).alg).toBe(algorithm);
    expect(status(await ask('packing', token))).toBe(200);
    const [head, payload, signature = ''] = token.split('.');
    const other = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    expect(reasonOf(await ask('packing', [head, payload, other].join('.')))).toBe('signature_invalid');
  });
});

describe('with an issuer that is not the address where Keycloak is reached', () => {
  it.each(['discovered', 'named'])('its tokens pass: keys %s', async (name) => {
    const token = await outside.token('web', ann);
    expect(decodeJwt(token).iss).toBe(`${FRONTEND}/realms/outside`);
    await expect.poll(async () => status(await ask(name, token)), WAIT).toBe(200);
  });

  it('a token of another realm is refused', async () => {
    const answer = await ask('discovered', await shop.token('web', ann));
    expect([answer.status, reasonOf(answer)]).toEqual([401, 'issuer_unknown']);
  });
});
