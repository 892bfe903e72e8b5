import { describe, expect, it } from 'vitest';
import { compileManifests, manifest, source, summaries } from './compile.fixture.ts';
import {
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
  weakJwk,
  weakPem,
} from './source.fixture.ts';

describe('a source that is not accepted', () => {
  it.each([
    [
      'a PEM that is none',
      `${ISSUER}, keys: {publicKeys: [{pem: "-----BEGIN PUBLIC KEY-----"}]}`,
      [],
      'KeyInvalid',
      'spec.jwt.keys.publicKeys[0].pem',
    ],
    [
      'one bad PEM among good ones',
      `${ISSUER}, keys: {publicKeys: [{pem: ${pem}}, {pem: "-----BEGIN PUBLIC KEY-----\\nAA==\\n-----END PUBLIC KEY-----"}]}`,
      [],
      'KeyInvalid',
      'spec.jwt.keys.publicKeys[1].pem',
    ],
    [
      'a short RSA key as PEM',
      `${ISSUER}, keys: {publicKeys: [{pem: ${weakPem}}]}`,
      [],
      'KeyTooShort',
      'spec.jwt.keys.publicKeys[0].pem',
    ],
    [
      'a short RSA key as JWK',
      `${ISSUER}, keys: {jwks: {keys: [${weakJwk}]}}`,
      [],
      'KeyTooShort',
      'spec.jwt.keys.jwks.keys[0]',
    ],
    [
      'a JWK of another curve than it says',
      `${ISSUER}, keys: {jwks: {keys: [${jwk({ crv: 'P-384' })}]}}`,
      [],
      'KeyInvalid',
      'spec.jwt.keys.jwks.keys[0]',
    ],
    [
      'a set of encryption keys',
      `${ISSUER}, keys: {jwks: {keys: [${jwk({ use: 'enc' })}]}}`,
      [],
      'KeyInvalid',
      'spec.jwt.keys.jwks.keys',
    ],
    [
      '65 keys for signatures',
      `${ISSUER}, keys: {jwks: {keys: [${Array(65)
        .fill(jwk({ kid: 'a' }))
        .join()}]}}`,
      [],
      'KeyInvalid',
      'spec.jwt.keys.jwks.keys',
    ],
    [
      'a private member that the schema does not know',
      `${ISSUER}, keys: {jwks: {keys: [${jwk({ oth: [{ d: 'AQAB' }] })}]}}`,
      [],
      'KeyInvalid',
      'spec.jwt.keys.jwks.keys[0]',
    ],
    [
      'no Secret',
      hmac(''),
      [secret('other', `k: ${hex(32)}`)],
      'SecretNotFound',
      'spec.jwt.keys.hmac[0].secretKeyRef.name',
    ],
    [
      'a Secret without the key',
      hmac(''),
      [secret('s', `other: ${hex(32)}`)],
      'SecretNotFound',
      'spec.jwt.keys.hmac[0].secretKeyRef.key',
    ],
    [
      'a Secret of another encoding',
      hmac(''),
      [secret('s', 'k: no-hex')],
      'KeyInvalid',
      'spec.jwt.keys.hmac[0].encoding',
    ],
    [
      'a short secret',
      hmac(''),
      [secret('s', `k: ${hex(31)}`)],
      'KeyTooShort',
      'spec.jwt.keys.hmac[0].secretKeyRef',
    ],
    [
      'a secret that no allowed algorithm takes',
      hmac(', algorithms: [HS384, HS512]'),
      [secret('s', `k: ${hex(47)}`)],
      'KeyTooShort',
      'spec.jwt.keys.hmac[0].secretKeyRef',
    ],
    [
      'no ConfigMap',
      bundle('configMapKeyRef'),
      [],
      'CABundleNotFound',
      'spec.jwt.fetch.caBundleFrom.configMapKeyRef.name',
    ],
    [
      'a ConfigMap without the key',
      bundle('configMapKeyRef'),
      [manifest('ConfigMap', 'shop/ca', 'data: {x: other}')],
      'CABundleNotFound',
      'spec.jwt.fetch.caBundleFrom.configMapKeyRef.key',
    ],
    [
      'a Secret where a ConfigMap is named',
      bundle('configMapKeyRef'),
      [secret('ca', 'ca.crt: x')],
      'CABundleNotFound',
      'spec.jwt.fetch.caBundleFrom.configMapKeyRef.name',
    ],
    [
      'a bundle without certificates',
      bundle('configMapKeyRef'),
      [caMap('none')],
      'KeyInvalid',
      'spec.jwt.fetch.caBundleFrom.configMapKeyRef.key',
    ],
    [
      'a bundle with a broken certificate',
      bundle('configMapKeyRef'),
      [caMap(CERTIFICATE.replace('MII', 'AAA'))],
      'KeyInvalid',
      'spec.jwt.fetch.caBundleFrom.configMapKeyRef.key',
    ],
    [
      'an expression with an unknown name',
      `${ISSUER}, expressions: [{expression: "true"}, {expression: "nobody.knows"}]`,
      [],
      'InvalidExpression',
      'spec.jwt.expressions[1].expression',
    ],
    [
      'an expression about the request',
      `${ISSUER}, expressions: [{expression: "request.path == '/'"}]`,
      [],
      'InvalidExpression',
      'spec.jwt.expressions[0].expression',
    ],
  ] as const)('has %s', (_, jwt, others, reason, field) => {
    const { result, policy, plan, acceptance } = compileSource(jwt, ...others);
    expect(summaries(result)).toEqual([`error ${reason} ${field}`]);
    expect(acceptance).toEqual({ kind: 'refused', reason, message: expect.stringContaining(field) });
    // It keeps its place, so that its tokens are known to be its own, and has no keys.
    expect(policy).toMatchObject({ id: 'shop/idp', keys: { kind: 'unavailable' } });
    expect(plan).toBeUndefined();
    expect(result.update.secrets.size).toBe(0);
    expect(result.bindings.get('shop/api')?.acceptance).toEqual({ kind: 'accepted' });
  });

  it.each([
    ['hmac', hmac('')],
    ['a CA bundle', bundle('secretKeyRef')],
  ])('may not have its Secret read, for %s', (_, jwt) => {
    const result = compileManifests([source('shop/idp', jwt)], { unreadableSecrets: new Set(['shop']) });
    expect(result.sources.get('shop/idp')).toMatchObject({ reason: 'SecretNotPermitted' });
    expect(result.findings[0]?.remedy).toContain('secretAccess.namespaces');
  });

  it('says what became of a y that nobody put in quotes before kubectl read it', () => {
    const { y, ...rest } = publicJwk;
    const lost = `${ISSUER}, keys: {jwks: {keys: [${JSON.stringify({ ...rest, true: y })}]}}`;
    const { result } = compileSource(lost);
    expect(summaries(result)).toEqual(['error KeyInvalid spec.jwt.keys.jwks.keys[0]']);
    expect(result.findings[0]?.remedy).toContain('put y in quotes');
  });

  it('never has its secret quoted', () => {
    const { result } = compileSource(hmac(''), secret('s', 'k: this-is-a-secret-that-is-not-hex'));
    expect(JSON.stringify(result.findings)).not.toContain('this-is-a-secret');
  });
});
