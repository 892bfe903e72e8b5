import { describe, expect, it } from 'vitest';
import { compileManifests, namespace, source, summaries } from './compile.fixture.ts';
import { compileSource, hex, hmac, ISSUER, jwk, pem, secret } from './source.fixture.ts';

describe('warnings', () => {
  it.each([
    ['no audience', 'issuer: "https://id.example"', 'warning AudienceUnchecked spec.jwt.audiences'],
    [
      'no issuer',
      `audiences: [a], keys: {publicKeys: [{pem: ${pem}}]}`,
      'warning IssuerUnchecked spec.jwt.issuer',
    ],
    [
      'no issuer, and a key set at an address',
      'audiences: [a], keys: {jwksURI: "https://id.example/keys"}',
      'warning IssuerUnchecked spec.jwt.issuer',
    ],
    [
      'an insecure issuer',
      'issuer: "http://id.example", audiences: [a]',
      'warning InsecureURL spec.jwt.issuer',
    ],
    [
      'an insecure discovery',
      `${ISSUER}, keys: {discoveryURL: "http://id.example"}`,
      'warning InsecureURL spec.jwt.keys.discoveryURL',
    ],
    [
      'an insecure key set',
      `${ISSUER}, keys: {jwksURI: "HTTP://id.example"}`.replace('HTTP', 'http'),
      'warning InsecureURL spec.jwt.keys.jwksURI',
    ],
    [
      'HMAC with public keys',
      `${ISSUER}, algorithms: [RS256, HS256]`,
      'warning AlgorithmUnusable spec.jwt.algorithms[1]',
    ],
    [
      'RSA with EC keys',
      `${ISSUER}, algorithms: [ES256, RS256], keys: {publicKeys: [{pem: ${pem}}]}`,
      'warning AlgorithmUnusable spec.jwt.algorithms[1]',
    ],
    [
      'clients, where no claim names one',
      `${ISSUER}, clientIDs: [a], mapping: {client: []}`,
      'warning RequirementUnmeetable spec.jwt.clientIDs',
    ],
    [
      'roles, where no claim names any',
      `${ISSUER}, roles: [a], mapping: {roles: []}`,
      'warning RequirementUnmeetable spec.jwt.roles',
    ],
    [
      'five public keys without kid that fit one algorithm',
      `${ISSUER}, keys: {publicKeys: [${Array(5).fill(`{pem: ${pem}}`).join()}]}`,
      'warning KeyIDMissing spec.jwt.keys.publicKeys',
    ],
    [
      'five keys without kid in a set',
      `${ISSUER}, keys: {jwks: {keys: [${Array(5).fill(jwk()).join()}]}}`,
      'warning KeyIDMissing spec.jwt.keys.jwks.keys',
    ],
    [
      'two public keys of one kid',
      `${ISSUER}, keys: {publicKeys: [{pem: ${pem}}, {kid: a, pem: ${pem}}, {kid: a, pem: ${pem}}]}`,
      'warning KeyIDDuplicate spec.jwt.keys.publicKeys[2].kid',
    ],
  ])('%s', (_, jwt, expected) => {
    const { result, acceptance } = compileSource(jwt);
    expect(summaries(result)).toEqual([expected]);
    expect(acceptance).toEqual({ kind: 'accepted' });
  });

  it.each([
    [
      'HS512 with a secret for HS256',
      '[HS256, HS512]',
      32,
      ['warning AlgorithmUnusable spec.jwt.algorithms[1]'],
    ],
    ['HS512 with a secret for it', '[HS256, HS512]', 64, []],
  ])('%s', (_, algorithms, bytes, expected) => {
    const { result } = compileSource(hmac(`, algorithms: ${algorithms}`), secret('s', `k: ${hex(bytes)}`));
    expect(summaries(result)).toEqual(expected);
  });

  it('two secrets of one kid', () => {
    const key = '{kid: a, secretKeyRef: {name: s, key: k}, encoding: Hex}';
    const { result } = compileSource(
      `${ISSUER}, keys: {hmac: [${key}, ${key}]}`,
      secret('s', `k: ${hex(32)}`),
    );
    expect(summaries(result)).toEqual(['warning KeyIDDuplicate spec.jwt.keys.hmac[1].kid']);
  });

  it('five secrets without kid, of which four are long enough for HS512', () => {
    const keys = ['k', 'k', 'k', 'k', 'short'].map(
      (key) => `{secretKeyRef: {name: s, key: ${key}}, encoding: Hex}`,
    );
    const secrets = secret('s', `k: ${hex(64)}, short: ${hex(32)}`);
    const warnings = (algorithms: string) =>
      compileSource(`${ISSUER}, keys: {hmac: [${keys.join()}]}${algorithms}`, secrets).result.findings;
    expect(warnings('')).toMatchObject([
      {
        reason: 'KeyIDMissing',
        field: 'spec.jwt.keys.hmac',
        message:
          '5 keys without kid fit HS256, and no more than 4 can be tried: tokens that name no key of this source are refused',
      },
    ]);
    expect(warnings(', algorithms: [HS512]')).toEqual([]);
  });

  it('does not mind requirements that claims can meet, keys without kid, and kids that differ', () => {
    const keys = `publicKeys: [{pem: ${pem}}, {pem: ${pem}}, {kid: a, pem: ${pem}}, {kid: b, pem: ${pem}}]`;
    const jwt = `${ISSUER}, clientIDs: [a], roles: [b], keys: {${keys}}`;
    expect(summaries(compileSource(jwt).result)).toEqual([]);
    expect(summaries(compileSource(`${ISSUER}, mapping: {client: [], roles: []}`).result)).toEqual([]);
  });

  it('does not mind an http:// issuer that nothing is fetched from, nor one that is permitted', () => {
    const jwt = 'issuer: "http://id.example", audiences: [a]';
    expect(summaries(compileManifests([source('shop/idp', jwt)], { allowInsecureHttp: true }))).toEqual([]);
    expect(summaries(compileSource(`${jwt}, keys: {publicKeys: [{pem: ${pem}}]}`).result)).toEqual([]);
    expect(summaries(compileSource(`${jwt}, keys: {jwksURI: "https://id.example"}`).result)).toEqual([]);
  });

  it('does not say that no issuer is checked where the preset names some', () => {
    const jwt = `preset: Google, audiences: [a], keys: {publicKeys: [{pem: ${pem}}]}`;
    expect(summaries(compileSource(jwt).result)).toEqual([]);
    expect(summaries(compileSource(`${jwt}, acceptedIssuers: []`).result)).toEqual([
      'warning IssuerUnchecked spec.jwt.issuer',
    ]);
  });

  it('says where', () => {
    const { result } = compileSource('issuer: "https://id.example"', namespace('shop'));
    expect(result.findings[0]).toMatchObject({
      severity: 'warning',
      object: { kind: 'AuthenticationSource', namespace: 'shop', name: 'idp' },
      file: 'test.yaml',
      line: 4,
      field: 'spec.jwt.audiences',
    });
  });
});
