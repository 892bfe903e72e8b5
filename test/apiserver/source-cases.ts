/** Cases for the rules of AuthenticationSource. */

import type { JsonObject } from '../../src/base/json.ts';
import type { RuleCase } from './cases.ts';

const ISSUER = 'https://id.example.com';
const TENANT_ISSUER = 'https://login.microsoftonline.com/{tenantid}/v2.0';
const TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad';
const SECRET = { secretKeyRef: { name: 'shared', key: 'secret' } };
const JWK = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
const PEM = '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n';

/** A spec whose jwt is the smallest one with these changes. */
export const jwt = (changes: JsonObject): JsonObject => ({ jwt: { issuer: ISSUER, ...changes } });

const keys = (members: JsonObject): JsonObject => jwt({ keys: members });
const fetch = (members: JsonObject): JsonObject => jwt({ fetch: members });

const allowed = (members: JsonObject): JsonObject => ({ ...jwt({}), allowedNamespaces: members });
const condition = (members: JsonObject): JsonObject =>
  allowed({ from: 'Selector', selector: { matchExpressions: [{ key: 'team', ...members }] } });

/** Durations that must be longer than 0s. */
const positive = (name: string): RuleCase => ({
  at: `spec.jwt.fetch.${name}`,
  says: `${name} must be longer than 0s`,
  refused: fetch({ [name]: '0m0s' }),
  accepted: fetch({ [name]: '1s' }),
});

const unique = (name: string, [one, other]: readonly [string, string]): RuleCase => ({
  at: `spec.jwt.${name}`,
  says: 'must not repeat a value',
  refused: jwt({ [name]: [one, other, one] }),
  accepted: jwt({ [name]: [one, other] }),
});

const address = (name: string): RuleCase => ({
  at: `spec.jwt.keys.${name}`,
  says: `${name} must be a whole URL`,
  refused: keys({ [name]: 'https://user:word@id.example.com/keys' }),
  accepted: keys({ [name]: 'https://[2001:db8::1]:8443/keys?version=2' }),
});

export const SOURCE_CASES: readonly RuleCase[] = [
  {
    at: 'spec',
    says: 'Introspection and ApiKey are reserved',
    refused: { ...jwt({}), type: 'ApiKey' },
    accepted: { ...jwt({}), type: 'JWT' },
  },
  {
    at: 'spec',
    says: 'needs jwt',
    refused: { displayName: 'Okta' },
    accepted: { ...jwt({}), displayName: 'Okta' },
  },
  {
    at: 'spec',
    says: 'keys.hmac requires allowedNamespaces.from: Same',
    refused: { ...keys({ hmac: [SECRET] }), allowedNamespaces: { from: 'All' } },
    accepted: keys({ hmac: [SECRET] }),
  },
  {
    at: 'spec.allowedNamespaces',
    says: 'from: Selector needs a selector',
    refused: allowed({ from: 'Selector' }),
    accepted: allowed({ from: 'Selector', selector: { matchLabels: { team: 'shop' } } }),
  },
  {
    at: 'spec.allowedNamespaces',
    says: 'a selector is only read with from: Selector',
    refused: allowed({ from: 'All', selector: { matchLabels: { team: 'shop' } } }),
    accepted: allowed({ from: 'All' }),
  },
  {
    at: 'spec.allowedNamespaces.selector',
    says: 'an empty selector would choose every namespace',
    refused: allowed({ from: 'Selector', selector: { matchLabels: {}, matchExpressions: [] } }),
    accepted: condition({ operator: 'Exists' }),
  },
  {
    at: 'spec.allowedNamespaces.selector.matchExpressions[]',
    says: 'In and NotIn need values',
    refused: condition({ operator: 'NotIn', values: [] }),
    accepted: condition({ operator: 'NotIn', values: ['ops'] }),
  },
  {
    at: 'spec.allowedNamespaces.selector.matchExpressions[]',
    says: 'Exists and DoesNotExist take no values',
    refused: condition({ operator: 'DoesNotExist', values: ['ops'] }),
    accepted: condition({ operator: 'DoesNotExist' }),
  },
  {
    at: 'spec.jwt',
    says: 'issuer may only be left out with keys.jwks',
    refused: { jwt: { keys: { discoveryURL: 'https://id.example.com/keys' } } },
    accepted: { jwt: { keys: { jwksURI: 'https://id.example.com/keys' } } },
  },
  {
    at: 'spec.jwt',
    says: 'acceptedIssuers needs issuer beside it',
    refused: { jwt: { acceptedIssuers: ['a'], keys: { publicKeys: [{ pem: PEM }] } } },
    accepted: jwt({ acceptedIssuers: ['a'], keys: { publicKeys: [{ pem: PEM }] } }),
  },
  {
    at: 'spec.jwt',
    says: 'an issuer that is no https:// URL has no discovery document',
    refused: { jwt: { issuer: 'https://accounts example.com', keys: {} } },
    accepted: { jwt: { issuer: 'accounts.example.com', keys: { jwksURI: 'https://id.example.com/keys' } } },
  },
  {
    at: 'spec.jwt',
    says: 'an issuer with {tenantid} needs tenants',
    refused: jwt({ issuer: TENANT_ISSUER, tenants: [] }),
    accepted: jwt({ issuer: TENANT_ISSUER, tenants: [TENANT] }),
  },
  {
    at: 'spec.jwt',
    says: 'tenants are only read where the issuer holds {tenantid}',
    refused: jwt({ tenants: [TENANT] }),
    accepted: jwt({ tenants: [] }),
  },
  {
    at: 'spec.jwt',
    says: 'the presets Google and EntraID need audiences or clientIDs',
    refused: jwt({ preset: 'Google', audiences: [] }),
    accepted: jwt({ preset: 'Google', audiences: ['client.apps.googleusercontent.com'] }),
  },
  {
    at: 'spec.jwt',
    says: 'tenants "*" needs audiences or clientIDs',
    refused: jwt({ issuer: TENANT_ISSUER, tenants: ['*'] }),
    accepted: jwt({ issuer: TENANT_ISSUER, tenants: ['*'], clientIDs: ['app'] }),
  },
  {
    at: 'spec.jwt',
    says: 'with keys.hmac only HS256, HS384 and HS512 can be used',
    refused: jwt({ keys: { hmac: [SECRET] }, algorithms: ['RS256'] }),
    accepted: jwt({ keys: { hmac: [SECRET] }, algorithms: ['RS256', 'HS256'] }),
  },
  {
    at: 'spec.jwt',
    says: 'HS256, HS384 and HS512 can only be used with keys.hmac',
    refused: jwt({ algorithms: ['HS256'] }),
    accepted: jwt({ algorithms: ['HS256', 'ES256K'] }),
  },
  {
    at: 'spec.jwt.issuer',
    says: 'the only placeholder in an issuer is {tenantid}',
    refused: jwt({ issuer: 'https://id.example.com/{tenant}' }),
    accepted: jwt({ issuer: TENANT_ISSUER, tenants: [TENANT] }),
  },
  {
    at: 'spec.jwt.acceptedIssuers[]',
    says: 'acceptedIssuers are exact',
    refused: jwt({ acceptedIssuers: [TENANT_ISSUER] }),
    accepted: jwt({ acceptedIssuers: ['accounts.google.com'] }),
  },
  {
    at: 'spec.jwt.tenants',
    says: '"*" means any tenant and stands alone',
    refused: jwt({ issuer: TENANT_ISSUER, tenants: ['*', TENANT], audiences: ['api'] }),
    accepted: jwt({ issuer: TENANT_ISSUER, tenants: ['*'], audiences: ['api'] }),
  },
  {
    at: 'spec.jwt.tenants[]',
    says: 'a tenant is a GUID',
    refused: jwt({ issuer: TENANT_ISSUER, tenants: ['contoso'] }),
    accepted: jwt({ issuer: TENANT_ISSUER, tenants: [TENANT.toUpperCase()] }),
  },
  {
    at: 'spec.jwt.keys',
    says: 'keys takes at most one of',
    refused: keys({ jwksURI: 'https://id.example.com/keys', discoveryURL: 'https://id.example.com/' }),
    accepted: keys({}),
  },
  address('discoveryURL'),
  address('jwksURI'),
  {
    at: 'spec.jwt.keys.jwks.keys[]',
    says: 'this is a private key',
    refused: keys({ jwks: { keys: [{ ...JWK, d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' }] } }),
    accepted: keys({
      jwks: {
        keys: [
          { ...JWK, 'x5t#S256': 'kept', ext: true },
          { ...JWK, kid: null, use: null, alg: null, key_ops: null, issuer: null, d: null, k: null, n: null },
          { ...JWK, kid: '', use: '', alg: '', key_ops: [], d: '', k: '', oth: [] },
        ],
        comment: 'as the provider publishes it',
        spiffe_sequence: 1,
      },
    }),
  },
  {
    at: 'spec.jwt.keys.jwks.keys[]',
    says: 'this is a shared secret (kty oct)',
    refused: keys({ jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }),
    accepted: keys({ jwks: { keys: [{ ...JWK, kid: 'oct' }] } }),
  },
  {
    at: 'spec.jwt.keys.publicKeys[].pem',
    says: 'this is a private key',
    refused: keys({ publicKeys: [{ pem: `${PEM}-----BEGIN RSA PRIVATE KEY-----\n` }] }),
    accepted: keys({ publicKeys: [{ kid: 'a', pem: PEM }] }),
  },
  {
    at: 'spec.jwt.keys.publicKeys[].pem',
    says: 'pem must hold a block that begins with',
    refused: keys({ publicKeys: [{ pem: 'MCowBQYDK2VwAyEA' }] }),
    accepted: keys({ publicKeys: [{ pem: PEM.replaceAll('PUBLIC KEY', 'CERTIFICATE') }] }),
  },
  ...['refreshInterval', 'retryInterval', 'timeout', 'maxStale', 'unknownKeyCooldown'].map(positive),
  {
    at: 'spec.jwt.fetch.caBundleFrom',
    says: 'exactly one of configMapKeyRef and secretKeyRef',
    refused: fetch({ caBundleFrom: {} }),
    accepted: fetch({ caBundleFrom: { configMapKeyRef: { name: 'ca', key: 'ca.crt' } } }),
  },
  unique('algorithms', ['RS256', 'EdDSA']),
  unique('audiences', ['api://a', 'api://b']),
  unique('clientIDs', ['a', 'b']),
  {
    at: 'spec.jwt.clockSkew',
    says: 'clockSkew must be between 0s and 10m',
    refused: jwt({ clockSkew: '10m1ms' }),
    accepted: jwt({ clockSkew: '0s' }),
  },
  {
    at: 'spec.jwt.maxTokenAge',
    says: 'maxTokenAge must be longer than 0s',
    refused: jwt({ maxTokenAge: '0h' }),
    accepted: jwt({ maxTokenAge: '1h' }),
  },
];
