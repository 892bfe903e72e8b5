import { describe, expect, it } from 'vitest';
import { compileManifests, manifest, resourcesOf, source } from './compile.fixture.ts';
import {
  BOUND,
  bundle,
  CERTIFICATE,
  caMap,
  compileSource,
  hex,
  hmac,
  ISSUER,
  jwk,
  pem,
  publicJwk,
  secret,
  T1,
} from './source.fixture.ts';

describe('a source that is accepted', () => {
  it('fetches its keys by discovery, and is without any until then', () => {
    const { result, policy, plan, acceptance } = compileSource(ISSUER);
    expect(result.findings).toEqual([]);
    expect(acceptance).toEqual({ kind: 'accepted' });
    expect(policy).toEqual({
      id: 'shop/idp',
      uid: 'shop/idp',
      revision: expect.stringMatching(/^[0-9a-f]{16}$/),
      issuers: ['https://id.example'],
      keys: { kind: 'unavailable' },
      maxStale: 86_400,
      algorithms: [],
      audiences: ['api'],
      clientIDs: [],
      tokenTypes: [],
      clockSkew: 30,
      expiration: 'Required',
      requiredClaims: [],
      expressions: [],
      roles: [],
      mapping: {
        user: ['sub'],
        name: ['preferred_username', 'sub'],
        roles: ['groups'],
        rolesSeparator: '',
        scopes: ['scope', 'scp'],
        client: ['azp', 'client_id', 'cid', 'appid'],
      },
    });
    expect(plan).toEqual({
      source: 'shop/idp',
      uid: 'shop/idp',
      location: { kind: 'discovery', issuer: 'https://id.example', url: undefined, tenants: [] },
      refreshInterval: 600,
      retryInterval: 10,
      timeout: 5,
      maxStale: 86_400,
      unknownKeyCooldown: 30,
      certificateAuthorities: undefined,
    });
  });

  it('serves fetched keys, and says when they were fetched', () => {
    const keys = [{ kty: 'EC', kid: 'a', crv: 'P-256', x: 'x', y: 'y' }] as const;
    const { update } = compileManifests([source('shop/idp', ISSUER), BOUND], {
      keySets: new Map([['shop/idp', { keys, checkedAt: 1_700_000_000 }]]),
    });
    expect(update.policy.sources[0]?.keys).toEqual({ kind: 'public', keys });
    expect(update.keysChecked).toEqual(new Map([['shop/idp', 1_700_000_000]]));
  });

  it.each([
    ['publicKeys', `publicKeys: [{kid: a, pem: ${pem}}]`],
    ['jwks', `jwks: {keys: [${jwk({ kid: 'a' })}]}`],
    [
      'jwks with an encryption key beside it',
      `jwks: {keys: [${jwk({ kid: 'b', use: 'enc' })}, ${jwk({ kid: 'a' })}]}`,
    ],
  ])('holds inline keys: %s', (_, keys) => {
    const { result, policy, plan } = compileSource(`${ISSUER}, keys: {${keys}}`);
    expect(result.findings).toEqual([]);
    expect(policy.keys).toEqual({
      kind: 'public',
      keys: [{ ...publicJwk, kid: 'a' }],
    });
    expect(policy.maxStale).toBeUndefined();
    expect(plan).toBeUndefined();
    expect(result.update.keysChecked.size).toBe(0);
  });

  it.each([
    [
      'passes over what stands beside keys',
      `{keys: [${jwk({ kid: 'a' })}], spiffe_sequence: 1, comment: null}`,
    ],
    [
      'takes null and empty members for absent',
      `{keys: [${jwk({ kid: 'a', use: '', alg: null, oth: [], d: null })}]}`,
    ],
    [
      'takes 64 keys for signatures, whatever stands beside them',
      `{keys: [${[...Array(64).fill(jwk({ kid: 'a' })), ...Array(64).fill(jwk({ use: 'enc' }))].join()}]}`,
    ],
  ])('of a pasted set it %s', (_, jwks) => {
    const { result, policy } = compileSource(`${ISSUER}, keys: {jwks: ${jwks}}`);
    expect(result.findings).toEqual([]);
    expect(policy.keys).toMatchObject({ kind: 'public' });
    const keys = policy.keys.kind === 'public' ? policy.keys.keys : [];
    expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(1);
    expect(keys[0]).toEqual({ ...publicJwk, kid: 'a' });
  });

  it.each([
    ['preset: SPIFFE', true],
    ['tokenTypes: [JOSE]', true],
    ['tokenTypes: [JWT, application/jose]', true],
    ['tokenTypes: [JWT]', undefined],
    ['tokenTypes: []', undefined],
    ['preset: Okta', undefined],
  ])("takes SPIFFE's keys where it says so: %s", (jwt, svids) => {
    const fetched = compileSource(`${ISSUER}, keys: {jwksURI: "https://id.example/"}, ${jwt}`);
    expect(fetched.plan?.location).toEqual({
      kind: 'jwks',
      url: 'https://id.example/',
      ...(svids && { svids }),
    });
    const key = jwk({ kid: 'a', use: 'jwt-svid' });
    const own = compileSource(`${ISSUER}, keys: {jwks: {keys: [${key}]}}, ${jwt}`);
    expect(own.policy.keys).toEqual(
      svids === true
        ? { kind: 'public', keys: [{ ...publicJwk, kid: 'a', use: 'sig' }] }
        : { kind: 'unavailable' },
    );
  });

  it.each([
    ['Hex', hex(32), Buffer.alloc(32, 0xab)],
    ['Text', 'a text of at least thirty-two bytes', Buffer.from('a text of at least thirty-two bytes')],
    ['Base64URL', Buffer.alloc(32, 255).toString('base64url'), Buffer.alloc(32, 255)],
    ['Base64', Buffer.alloc(32, 255).toString('base64'), Buffer.alloc(32, 255)],
  ])('decodes shared secrets: %s', (encoding, text, bytes) => {
    const { result, policy } = compileSource(hmac('', encoding), secret('s', `k: ${JSON.stringify(text)}`));
    expect(result.findings).toEqual([]);
    const name = `shop/s/k ${encoding}`;
    expect(policy.keys).toEqual({ kind: 'hmac', keys: [{ secret: name, secretRevision: 'revision' }] });
    expect([...result.update.secrets].map(([key, value]) => [key, Buffer.from(value)])).toEqual([
      [name, bytes],
    ]);
    expect(JSON.stringify(result.update.policy)).not.toContain(text);
  });

  it("takes a Secret's own revision where an API server keeps it", () => {
    const resources = resourcesOf(source('shop/idp', hmac('')), BOUND, secret('s', `k: ${hex(32)}`));
    const secrets = resources.secrets.map(({ object }) => ({
      origin: undefined,
      object: { ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: '7' } },
    }));
    const { policy } = compileManifests([], { resources: { ...resources, secrets } }).update;
    expect(policy.sources[0]?.keys).toMatchObject({ keys: [{ secretRevision: 'u/7' }] });
  });

  it("takes no revision from a file, which keeps another content's", () => {
    const copied = secret('s', `k: ${hex(32)}`, ', uid: u, resourceVersion: "7"');
    expect(compileSource(hmac(''), copied).policy.keys).toMatchObject({
      keys: [{ secretRevision: 'revision' }],
    });
  });

  it('never shares fetched keys with a source whose file was copied from its own, uid and all', () => {
    const copy = (name: string) =>
      manifest(
        'AuthenticationSource',
        `shop/${name}`,
        `spec: {jwt: {issuer: "https://${name}.example", audiences: [api]}}`,
        ', uid: u1',
      );
    const { plans } = compileManifests([copy('a'), copy('b')]);
    expect(plans.map(({ uid }) => uid)).toEqual(['shop/a', 'shop/b']);
  });

  it('trusts the certificates of its bundle, and nothing else in it', () => {
    const { plan } = compileSource(
      bundle('configMapKeyRef'),
      caMap(`# ours\n${CERTIFICATE}\n${CERTIFICATE}\n`),
    );
    expect(plan?.certificateAuthorities).toBe(`${CERTIFICATE}\n${CERTIFICATE}\n`);
  });

  it('splits a tenant issuer, and lowers its tenants', () => {
    const { policy, plan } = compileSource(
      `issuer: "https://login.example/{tenantid}/v2.0", tenants: ["${T1.toUpperCase()}"], audiences: [a], acceptedIssuers: [other]`,
    );
    expect(policy.issuers).toEqual(['other']);
    expect(policy.tenantIssuer).toEqual({ prefix: 'https://login.example/', suffix: '/v2.0', tenants: [T1] });
    expect(plan?.location).toEqual({
      kind: 'discovery',
      issuer: 'https://login.example/{tenantid}/v2.0',
      url: undefined,
      tenants: [T1],
    });
  });

  it('speaks for both forms of Google, once each', () => {
    const { policy } = compileSource('preset: Google, issuer: "https://accounts.google.com", audiences: [a]');
    expect(policy.issuers).toEqual(['https://accounts.google.com', 'accounts.google.com']);
  });

  it.each([
    [
      'jwksURI',
      'keys: {jwksURI: "https://id.example/keys"}',
      { kind: 'jwks', url: 'https://id.example/keys' },
    ],
    [
      'discoveryURL',
      'keys: {discoveryURL: "https://in.example/d"}',
      { kind: 'discovery', issuer: 'https://id.example', url: 'https://in.example/d', tenants: [] },
    ],
  ])('fetches its keys from %s', (_, keys, location) => {
    expect(compileSource(`${ISSUER}, ${keys}`).plan?.location).toEqual(location);
  });

  it('has a revision that moves with its settings, not with its keys', () => {
    const { policy } = compileSource(ISSUER);
    const keySets = new Map([['shop/idp', { keys: [], checkedAt: 1 }]]);
    const fetched = compileManifests([source('shop/idp', ISSUER), BOUND], { keySets });
    expect(fetched.update.policy.sources[0]?.revision).toBe(policy.revision);
    expect(compileSource(`${ISSUER}, clockSkew: 31s`).policy.revision).not.toBe(policy.revision);
    const elsewhere = compileSource(`${ISSUER}, keys: {jwksURI: "https://id.example/keys"}`).policy;
    expect(elsewhere.revision).not.toBe(policy.revision);
  });
});
