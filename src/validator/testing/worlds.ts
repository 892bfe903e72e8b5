/** Bindings, Trials and requests of many kinds, for tests of properties. */

import fc from 'fast-check';
import { request } from '../../../test/support/decide.ts';
import { any, bindingPolicy, cel, rulePolicy, sourcePolicy } from '../../../test/support/policy.ts';
import { withClaims } from '../../../test/support/verification.ts';
import type { BindingPolicy, ForwardPolicy } from '../../policy/policy.ts';

export const SOURCES = [
  sourcePolicy(),
  sourcePolicy({ id: 'shop/other', uid: 'other', issuers: ['https://other.example'], roles: ['ops'] }),
];
const HOSTS = ['api.example', 'a.api.example', '*.example', '*.api.example'];
const PORTS = [8080, 9090];

const authentication = fc.constantFrom('None', 'Optional', 'Required', 'Deny');
const rule = fc
  .record({
    path: fc.constantFrom('/', '/admin', '/Admin'),
    authentication,
    role: fc.constantFrom('admin', 'ops'),
  })
  .map(({ path, authentication: needs, role }) =>
    rulePolicy({
      name: `${needs} ${role}`,
      match: { paths: path === '/' ? [] : [{ type: 'PathPrefix', value: path }] },
      authentication: needs,
      require: needs === 'Required' ? { roles: any(role), ...cel("user == 'joe'") } : {},
    }),
  );

const forward: fc.Arbitrary<ForwardPolicy> = fc
  .record({
    prefix: fc.constantFrom('x-auth', 'x-who'),
    payload: fc.boolean(),
    token: fc.constantFrom('Keep', 'Remove'),
  })
  .map(({ prefix, payload, token }) => ({
    user: `${prefix}-user`,
    roles: `${prefix}-roles`,
    scopes: '',
    source: '',
    payload: payload ? `${prefix}-claims` : '',
    claims: [{ claim: 'tenant', header: `${prefix}-tenant` }],
    token,
  }));

export const binding = (namespace: fc.Arbitrary<string>, prefix: string): fc.Arbitrary<BindingPolicy> =>
  fc
    .record({
      namespace,
      name: fc.nat(9),
      hosts: fc.subarray(HOSTS),
      ports: fc.subarray(PORTS),
      mode: fc.constantFrom('Enforce', 'Enforce', 'Audit', 'Disabled'),
      isValid: fc.constantFrom(true, true, true, false),
      rules: fc.array(rule, { maxLength: 2 }),
      sources: fc.subarray(SOURCES.map(({ id }) => id)),
      cookie: fc.boolean(),
      forward,
    })
    .map(({ namespace: ns, name, hosts, ports, mode, isValid, rules, sources, cookie, forward: told }) => {
      const credentials = [
        { in: 'Header', name: 'authorization', scheme: 'Bearer' } as const,
        ...(cookie ? [{ in: 'Cookie', name: 'session', origins: [] } as const] : []),
      ];
      return bindingPolicy(
        { rules, sources, credentials },
        {
          id: `${ns}/${prefix}${name}`,
          ...{ hosts, ports, mode, forward: told },
          ...(!isValid && { judgement: { kind: 'invalid', problem: 'p' } }),
        },
      );
    });

export const namespaces = fc.constantFrom('shop', 'bank');
const tokens = fc.constantFrom(
  undefined,
  withClaims({ groups: ['admin'], tenant: 'a' }),
  withClaims({ groups: ['ops'], iss: 'https://other.example' }),
  withClaims({ sub: 'eve' }),
  withClaims({ exp: 1 }),
  `${withClaims({})}x`,
  'nonsense',
);

export const asked = fc
  .record({
    token: tokens,
    host: fc.constantFrom('api.example', 'a.api.example', 'other.test', 'API.example:80', 'a,b'),
    pathAndQuery: fc.constantFrom('/', '/admin', '/Admin/x?q=1', '/%61dmin', '/a/../admin', '*'),
    method: fc.constantFrom('GET', 'POST', 'OPTIONS', 'G ET'),
    port: fc.constantFrom(undefined, ...PORTS),
    inCookie: fc.boolean(),
    isGrpc: fc.boolean(),
  })
  .map(({ token, inCookie, isGrpc, ...line }) =>
    request({
      ...line,
      ...(token !== undefined && !inCookie && { token }),
      headers: {
        'x-auth-user': 'root',
        'x-who-user': 'root',
        x_who_tenant: 'b',
        origin: 'https://shop.example',
        ...(line.method === 'OPTIONS' && { 'access-control-request-method': 'GET' }),
        ...(token !== undefined && inCookie && { cookie: `session=${token}; theme=dark` }),
        ...(isGrpc && { 'content-type': 'application/grpc' }),
      },
    }),
  );
