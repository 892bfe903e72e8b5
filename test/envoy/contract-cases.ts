/** The contract's reasons, each with a request that is refused for it, and the manifests that it takes. */

import type { Reason } from '../../src/decision/reasons.ts';
import { binding, source, yaml } from '../support/manifests.ts';
import { publicJwk, signingKey, token } from '../support/tokens.ts';
import { CLAIMS } from '../support/verification.ts';
import type { Sent } from './guarded.ts';
import { MCP_SERVERS } from './mcp-cases.ts';
import { PAGES } from './pages.ts';

const path = (value: string, type = 'PathPrefix') => ({ paths: [{ type, value }] });

export const DOCUMENTS = [
  source('okta', {
    issuer: CLAIMS.iss,
    keys: { jwks: { keys: [publicJwk('RS256')] } },
    audiences: ['api'],
    clientIDs: ['c'],
    maxTokenAge: '1h',
    requiredClaims: [{ claim: 'token_use', values: ['access'] }],
  }),
  source('down', { issuer: 'https://down.example', audiences: ['api'] }),
  source('dear', {
    issuer: 'https://dear.example',
    keys: { jwks: { keys: [publicJwk('ES512')] } },
    audiences: ['api'],
  }),
  binding('orders', {
    sources: [{ name: 'okta' }],
    credentials: [
      { in: 'Header', name: 'Authorization', scheme: 'Bearer' },
      { in: 'Query', name: 'access_token' },
      { in: 'Cookie', name: 'session', origins: ['https://shop.example'] },
    ],
    rules: [
      { name: 'health', match: { ...path('/healthz', 'Exact'), methods: ['GET'] }, authentication: 'None' },
      { name: 'maybe', match: path('/maybe'), authentication: 'Optional' },
      { name: 'internal', match: path('/internal'), authentication: 'Deny' },
      { name: 'admin', match: path('/admin'), require: { roles: { anyOf: ['admin'] } } },
      { name: 'write', match: path('/write'), require: { scopes: { allOf: ['orders:write'] } } },
      {
        name: 'pay',
        match: path('/pay'),
        require: { authentication: { acr: ['phr', 'phrh'], maxAge: '15m' }, scopes: { allOf: ['pay'] } },
      },
      { name: 'ops', match: path('/ops'), require: { claims: [{ claim: 'department', anyOf: ['ops'] }] } },
      { name: 'robots', match: path('/robots'), require: { clients: { anyOf: ['robot'] } } },
      {
        name: 'mine',
        match: path('/mine'),
        require: {
          expressions: [
            {
              expression: "request.path == '/mine/' + user || request.path.startsWith('/mine/' + user + '/')",
              message: 'not your account',
            },
          ],
        },
      },
      {
        name: 'files',
        match: path('/files'),
        require: {
          scopes: { allOf: ['files:read'] },
          expressions: [
            {
              expression: "request.method != 'DELETE' || 'files:delete' in scopes",
              message: 'deleting needs files:delete',
              scopes: ['files:delete'],
            },
          ],
        },
      },
    ],
    cors: { preflight: 'Allow', allowOrigins: ['https://shop.example'] },
    resourceMetadata: 'https://orders.example/.well-known/oauth-protected-resource',
  }),
  ...[...MCP_SERVERS, PAGES],
  ...['down', 'dear'].map((name) => binding(name, { sources: [{ name }] })),
  binding('broken', {
    sources: [{ name: 'okta' }],
    rules: [{ match: path('/(', 'RegularExpression') }],
  }),
];

export const MANIFESTS = yaml(DOCUMENTS);

/** To `orders`, on `target`. */
export const asking = (target: string, ...headers: readonly (readonly [string, string])[]): Sent => ({
  target,
  headers: [['host', 'orders.example'], ...headers],
});

export const withToken = (text: string, target = '/'): Sent =>
  asking(target, ['authorization', `Bearer ${text}`]);

const JWE = `${Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url')}..AAAA.AAAA.AAAA`;

type Refused = readonly [reason: Reason, status: number, sent: Sent];

export interface ContractCases {
  /** A token that `orders` takes, with these claims and header members changed. */
  bearer(claims?: object, header?: Readonly<Record<string, unknown>>): string;
  /** What the policy, the clock and the key sets of the tests leave to be refused. */
  readonly refused: readonly Refused[];
  /** To `orders`, each by another rule or with its token in another place. */
  readonly passing: readonly Sent[];
}

/** @param now Unix seconds; tokens that are too old, or too new, are so by 15 seconds. */
export function contractCases(now: number): ContractCases {
  const good = {
    iss: CLAIMS.iss,
    sub: CLAIMS.sub,
    exp: now + 600,
    iat: now - 60,
    aud: 'api',
    azp: 'c',
    token_use: 'access',
    groups: ['user'],
  };
  const bearer: ContractCases['bearer'] = (claims = {}, header = {}) =>
    token({ claims: { ...good, ...claims }, header });
  const toHost = (host: string, alg = 'RS256', iss = `https://${host}`): Sent => ({
    headers: [
      ['host', host],
      ['authorization', `Bearer ${token({ alg, claims: { ...good, iss } })}`],
    ],
  });
  const refused: readonly Refused[] = [
    ['token_missing', 401, asking('/')],
    ['token_missing', 401, asking('/', ['authorization', 'Basic am9lOmpvZQ=='])],
    ['token_malformed', 401, withToken('rubbish')],
    ['token_malformed', 401, asking('/', ['authorization', 'Bearer '])],
    ['token_malformed', 401, asking('/?access_token=')],
    ['token_malformed', 401, asking('/maybe', ['authorization', 'Bearer x'])],
    ['token_encrypted', 401, withToken(JWE)],
    ['token_bound', 401, withToken(bearer({ cnf: { jkt: 'x' } }))],
    ['algorithm_not_allowed', 401, withToken(bearer({}, { alg: 'none' }))],
    ['algorithm_not_allowed', 401, withToken(bearer({}, { alg: 'HS256' }))],
    ['issuer_unknown', 401, withToken(bearer({ iss: 'https://issuer.example/' }))],
    ['key_unknown', 401, withToken(bearer({}, { kid: 'other' }))],
    [
      'signature_invalid',
      401,
      withToken(token({ key: signingKey('RS256', 'other'), header: { kid: 'a' }, claims: good })),
    ],
    ['type_not_allowed', 401, withToken(bearer({}, { typ: 'logout+jwt' }))],
    ['audience_mismatch', 401, withToken(bearer({ aud: 'other' }))],
    ['client_not_allowed', 401, withToken(bearer({ azp: 'other' }))],
    ['token_expired', 401, withToken(bearer({ exp: now - 45 }))],
    ['token_not_yet_valid', 401, withToken(bearer({ nbf: now + 45 }))],
    ['token_too_old', 401, withToken(bearer({ iat: now - 3700 }))],
    ['claim_rejected', 401, withToken(bearer({ token_use: 'id' }))],
    ['groups_overage', 401, withToken(bearer({ groups: undefined, _claim_names: { groups: 's' } }))],
    [
      'token_ambiguous',
      400,
      asking('/', ['authorization', `Bearer ${bearer()}`], ['authorization', `Bearer ${bearer()}`]),
    ],
    ['token_ambiguous', 400, asking(`/?access_token=${bearer()}`, ['authorization', `Bearer ${bearer()}`])],
    [
      'token_ambiguous',
      400,
      asking('/', ['cookie', `session=${bearer()}`], ['cookie', `session=${bearer()}`]),
    ],
    ['path_ambiguous', 400, withToken(bearer(), '/mine/joe/..;/ann')],
    ['path_ambiguous', 400, withToken(bearer({ groups: ['admin'] }), '/x/%252e%252e/admin')],
    ['path_ambiguous', 400, asking('/maybe/..%2finternal')],
    ['path_ambiguous', 400, asking('/HEALTHZ')],
    [
      'request_malformed',
      400,
      {
        headers: [
          ['host', 'orders.example'],
          ['host', 'x.example'],
        ],
      },
    ],
    ['scope_insufficient', 403, withToken(bearer({ scope: 'orders:read' }), '/write')],
    ['authentication_insufficient', 401, withToken(bearer({ scope: 'pay' }), '/pay')],
    [
      'authentication_insufficient',
      401,
      withToken(bearer({ scope: 'pay', acr: 'phr', auth_time: now - 945 }), '/pay'),
    ],
    [
      'authentication_insufficient',
      401,
      withToken(bearer({ scope: 'pay', acr: 'pwd', auth_time: now - 60 }), '/pay'),
    ],
    ['scope_insufficient', 403, withToken(bearer({ acr: 'phr', auth_time: now - 60 }), '/pay')],
    [
      'scope_insufficient',
      403,
      { ...withToken(bearer({ scope: 'files:read' }), '/files'), method: 'DELETE' },
    ],
    ['role_mismatch', 403, withToken(bearer(), '/admin')],
    ['claim_mismatch', 403, withToken(bearer({ department: 'dev' }), '/ops')],
    ['client_mismatch', 403, withToken(bearer(), '/robots')],
    ['expression_denied', 403, withToken(bearer(), '/mine/ann')],
    ['access_denied', 403, withToken(bearer(), '/internal/x')],
    ['origin_not_allowed', 403, { ...asking('/', ['cookie', `session=${bearer()}`]), method: 'POST' }],
    [
      'origin_not_allowed',
      403,
      asking(
        '/',
        ['cookie', `session=${bearer()}`],
        ['connection', 'Upgrade'],
        ['upgrade', 'websocket'],
        ['origin', 'https://evil.example'],
      ),
    ],
    [
      'origin_not_allowed',
      403,
      asking(
        '/',
        ['cookie', `session=${bearer()}`],
        ['connection', 'Upgrade'],
        ['upgrade', 'websocket'],
        // As every browser sends it.
        ['sec-websocket-version', '13'],
        ['origin', 'https://evil.example'],
      ),
    ],
    ['host_unbound', 403, toHost('nobody.example')],
    // Each of these characters comes to six in a header.
    ['identity_too_large', 403, withToken(bearer({ groups: ['é'.repeat(4500)] }))],
    ['keys_unavailable', 503, toHost('down.example')],
    ['binding_invalid', 503, toHost('broken.example')],
    ['overloaded', 503, toHost('dear.example', 'ES512')],
  ];
  const passing: readonly Sent[] = [
    withToken(bearer()),
    asking(`/?access_token=${bearer()}`),
    asking('/', ['cookie', `a=b; session=${bearer()}`]),
    withToken(bearer({ groups: ['admin'] }), '/admin/x'),
    withToken(bearer({ scope: 'orders:write' }), '/write'),
    withToken(bearer({ scope: 'pay', acr: 'phrh', auth_time: now - 60 }), '/pay'),
    withToken(bearer({ scope: 'files:read' }), '/files'),
    { ...withToken(bearer({ scope: 'files:read files:delete' }), '/files'), method: 'DELETE' },
    withToken(bearer(), '/mine/joe/x'),
    asking('/healthz'),
    asking('/maybe'),
  ];
  return { bearer, refused, passing };
}
