/** A policy in which every member of the format stands at least once, for tests. */

import type { JwtPolicy } from '../../sources/jwt/policy.ts';
import { POLICY_FORMAT, type Policy } from '../policy.ts';
import { policyVersion } from '../version.ts';

const source: JwtPolicy = {
  id: 'shop/okta',
  uid: '7c0f',
  revision: 'r1',
  issuers: ['https://id.example'],
  keys: {
    kind: 'public',
    keys: [
      { kty: 'RSA', kid: 'a', use: 'sig', key_ops: ['verify'], alg: 'RS256', n: 'AQ', e: 'AQAB' },
      { kty: 'EC', crv: 'P-256', x: 'AQ', y: 'AQ', issuer: 'https://id.example/{tenantid}' },
    ],
  },
  maxStale: 86_400,
  algorithms: ['RS256'],
  audiences: ['api://orders'],
  clientIDs: ['web'],
  tokenTypes: ['at+jwt'],
  clockSkew: 30,
  expiration: 'Required',
  maxTokenAge: 3_600,
  requiredClaims: [{ claim: 'token_use', values: ['access'] }],
  expressions: [{ expression: 'claims.ok', message: 'not ok' }],
  roles: ['user'],
  mapping: {
    user: ['sub'],
    name: ['name'],
    roles: ['groups'],
    rolesSeparator: ',',
    scopes: ['scp'],
    client: ['azp'],
  },
};

const some = { anyOf: ['a'], allOf: ['b'], noneOf: ['c'] };

const sources: readonly JwtPolicy[] = [
  source,
  {
    ...source,
    id: 'shop/hmac',
    keys: { kind: 'hmac', keys: [{ kid: 'h', secret: 'shop/s/k', secretRevision: '1' }] },
    tenantIssuer: { prefix: 'https://login.example/', suffix: '/v2.0', tenants: ['a'] },
  },
  {
    ...source,
    id: 'shop/away',
    keys: { kind: 'unavailable' },
    tenantIssuer: { prefix: 'https://login.example/', suffix: '/v1.0', tenants: '*' },
  },
];

const content: Omit<Policy, 'version'> = {
  format: POLICY_FORMAT,
  sources,
  bindings: [
    {
      id: 'shop/orders',
      hosts: ['shop.example', '*.shop.example'],
      ports: [8080],
      atGateway: {
        routes: [
          { kind: 'HTTPRoute', name: 'web', section: 'admin' },
          { kind: 'GRPCRoute', name: 'rpc' },
        ],
        hosts: ['shop.example'],
      },
      mode: 'Enforce',
      revision: 'uid-orders/3',
      forward: {
        user: 'x-user',
        roles: 'x-roles',
        scopes: '',
        source: '',
        payload: '',
        token: 'Remove',
        claims: [{ claim: 'tenant', header: 'x-tenant' }],
      },
      judgement: {
        kind: 'rules',
        sources: ['shop/okta'],
        credentials: [
          { in: 'Header', name: 'authorization', scheme: 'Bearer' },
          { in: 'Query', name: 'access_token' },
          { in: 'Cookie', name: 'session', origins: ['https://shop.example'] },
        ],
        pathMatching: {
          case: 'Unknown',
          trailingSlash: 'Ignore',
          formatSuffix: 'None',
          frontController: 'None',
        },
        rules: [
          {
            name: 'admin',
            match: {
              paths: [{ type: 'PathPrefix', value: '/admin' }],
              methods: ['GET'],
              hosts: ['shop.example'],
              mcp: { methods: ['tools/call'], names: ['delete_file', 'admin_*'] },
            },
            authentication: 'Required',
            sources: ['shop/okta'],
            require: {
              roles: some,
              scopes: some,
              claims: [{ claim: 'department', ...some }],
              clients: { anyOf: ['web'], noneOf: [] },
              authentication: { acr: ['phr', 'phrh'], maxAge: 900 },
              expressions: [
                { expression: "user == 'joe'", message: 'not joe' },
                { expression: "'x' in scopes", message: 'no x', scopes: ['x'] },
              ],
            },
          },
        ],
        cors: { preflight: 'Check', allowOrigins: ['https://shop.example'] },
        realm: 'orders',
        resourceMetadata: '',
        resource: {
          audiences: ['https://shop.example/orders'],
          metadata: {
            host: 'shop.example',
            path: '/.well-known/oauth-protected-resource/orders',
            body: '{"resource":"https://shop.example/orders"}',
          },
        },
        mcp: { versions: ['2026-07-28'], other: 'Pass' },
        answers: {
          login: { url: 'https://login.example/start?rd={url}', origins: ['https://shop.example'] },
          bodies: [{ statuses: [401, 403], contentType: 'application/json', body: '{"error":"{reason}"}' }],
        },
      },
    },
    {
      id: 'shop/broken',
      hosts: [],
      ports: [],
      mode: 'Audit',
      forward: { user: '', roles: '', scopes: '', source: '', payload: '', claims: [], token: 'Keep' },
      judgement: { kind: 'invalid', problem: 'it cannot be compiled' },
    },
  ],
  trials: [
    {
      id: 'shop/stricter',
      hosts: [],
      ports: [],
      mode: 'Audit',
      forward: { user: '', roles: '', scopes: '', source: '', payload: '', claims: [], token: 'Keep' },
      judgement: { kind: 'invalid', problem: 'it cannot be compiled' },
    },
  ],
};

export const POLICY: Policy = { ...content, version: policyVersion(content) };
