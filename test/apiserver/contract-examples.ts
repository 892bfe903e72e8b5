/** The manifests that the documentation shows, small and complete: they must stay valid. */

import type { JsonObject } from '../../src/base/json.ts';
import type { Kind } from './cases.ts';

export const SMALLEST_SOURCE: JsonObject = {
  jwt: { issuer: 'https://dev-1.okta.com/oauth2/default', audiences: ['api://orders'] },
};

export const COMPLETE_SOURCE: JsonObject = {
  displayName: 'Okta JWT',
  description: 'JWT Authentication source via Okta used by the orders API.',
  type: 'JWT',
  allowedNamespaces: { from: 'Same' },
  jwt: {
    preset: 'Okta',
    issuer: 'https://dev-1.okta.com/oauth2/default',
    acceptedIssuers: [],
    tenants: [],
    keys: { discoveryURL: 'https://dev-1.okta.com/oauth2/default/.well-known/openid-configuration' },
    fetch: {
      refreshInterval: '10m',
      retryInterval: '10s',
      timeout: '5s',
      maxStale: '24h',
      unknownKeyCooldown: '30s',
      caBundleFrom: { configMapKeyRef: { name: 'ca', key: 'ca.crt' } },
    },
    algorithms: [],
    audiences: [],
    clientIDs: [],
    tokenTypes: [],
    clockSkew: '30s',
    expiration: 'Required',
    maxTokenAge: '1h',
    requiredClaims: [{ claim: 'token_use', values: ['access'] }],
    expressions: [{ expression: 'claims.email_verified == true', message: 'e-mail address is not verified' }],
    roles: [],
    mapping: {
      user: ['sub'],
      name: ['preferred_username', 'sub'],
      roles: ['groups'],
      rolesSeparator: '',
      scopes: ['scope', 'scp'],
      client: ['azp', 'client_id', 'cid', 'appid'],
    },
  },
};

export const SMALLEST_BINDING: JsonObject = {
  targetRefs: [{ kind: 'Service', name: 'orders' }],
  sources: [{ name: 'okta' }],
};

export const COMPLETE_BINDING: JsonObject = {
  targetRefs: [{ group: '', kind: 'Service', name: 'orders' }],
  hosts: [],
  ports: [{ port: 8080, protocol: 'HTTP' }],
  mode: 'Enforce',
  sources: [{ name: 'okta', namespace: 'identity' }],
  credentials: [
    { in: 'Header', name: 'Authorization', scheme: 'Bearer' },
    { in: 'Header', name: 'X-Api-Token' },
    { in: 'Query', name: 'access_token' },
    { in: 'Cookie', name: 'session', origins: ['https://shop.example'] },
  ],
  pathMatching: {
    case: 'Unknown',
    trailingSlash: 'Unknown',
    formatSuffix: 'Unknown',
    frontController: 'Unknown',
  },
  rules: [
    {
      name: 'health',
      match: { paths: [{ type: 'Exact', value: '/healthz' }], methods: ['GET', 'HEAD'], hosts: [] },
      authentication: 'None',
    },
    {
      name: 'admin',
      match: {
        paths: [{ type: 'PathPrefix', value: '/admin' }],
        mcp: { methods: ['tools/call'], names: ['delete_file', 'admin_*'] },
      },
      sources: ['okta'],
      require: {
        roles: { anyOf: ['admin'], allOf: [], noneOf: [] },
        scopes: { anyOf: [], allOf: ['orders:write'], noneOf: [] },
        claims: [{ claim: 'department', anyOf: ['ops'], allOf: [], noneOf: [] }],
        clients: { anyOf: [], noneOf: [] },
        authentication: { acr: ['phr', 'phrh'], maxAge: '15m' },
        expressions: [
          {
            expression: "request.path == '/admin/' + user || request.path.startsWith('/admin/' + user + '/')",
            message: 'not your account',
            scopes: ['admin:others'],
          },
        ],
      },
    },
  ],
  forward: {
    user: 'x-auth-user',
    roles: 'x-auth-roles',
    scopes: 'x-auth-scopes',
    source: 'x-auth-source',
    payload: '',
    claims: [{ claim: 'tenant', header: 'x-tenant' }],
    token: 'Keep',
  },
  cors: { preflight: 'Allow', allowOrigins: [] },
  realm: 'orders',
  resourceMetadata: '',
  rollout: 'Manual',
  mcp: { versions: ['2026-07-28'], other: 'Deny' },
};

/** All of them; a real API server and the offline reader must agree on their defaults too. */
export const EXAMPLES: readonly (readonly [what: string, kind: Kind, spec: JsonObject])[] = [
  ['the smallest source', 'AuthenticationSource', SMALLEST_SOURCE],
  ['a complete source', 'AuthenticationSource', COMPLETE_SOURCE],
  ['the smallest binding', 'ApiBinding', SMALLEST_BINDING],
  ['a complete binding', 'ApiBinding', COMPLETE_BINDING],
];
