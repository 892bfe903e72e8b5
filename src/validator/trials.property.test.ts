import fc from 'fast-check';
import { expect, it } from 'vitest';
import { enforceWithTrials, request } from '../../test/support/decide.ts';
import { any, bindingPolicy, cel, rulePolicy, sourcePolicy } from '../../test/support/policy.ts';
import { withClaims } from '../../test/support/verification.ts';
import type { Decision } from '../decision/decision.ts';
import type { Enforcer } from '../decision/enforcer.ts';
import type { BindingPolicy, ForwardPolicy } from '../policy/policy.ts';
import { grpcAnswer, withTextHeaders } from './grpc/answer.ts';
import { httpAnswer, rawAnswer } from './http/answer.ts';
import { toldAnswer, withPlainNames } from './http/told-answer.ts';
import { setUp } from './testing/authorizer.ts';

const SOURCES = [
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

const binding = (namespace: fc.Arbitrary<string>, prefix: string): fc.Arbitrary<BindingPolicy> =>
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

const namespaces = fc.constantFrom('shop', 'bank');
const tokens = fc.constantFrom(
  undefined,
  withClaims({ groups: ['admin'], tenant: 'a' }),
  withClaims({ groups: ['ops'], iss: 'https://other.example' }),
  withClaims({ sub: 'eve' }),
  withClaims({ exp: 1 }),
  `${withClaims({})}x`,
  'nonsense',
);

const asked = fc
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

/** What every kind of caller is answered. */
function answers(
  enforcer: Enforcer,
  decision: Decision,
  check: ReturnType<typeof request>,
): readonly unknown[] {
  return [
    rawAnswer(httpAnswer(decision)),
    JSON.stringify(grpcAnswer(withTextHeaders(decision))),
    ...(['forward-auth', 'auth-request'] as const).map((form) =>
      rawAnswer(toldAnswer(withPlainNames(decision, check), form, check, enforcer.tokenHeaders)),
    ),
  ];
}

const decides = async (enforcer: Enforcer, check: ReturnType<typeof request>) => {
  const { authorize, state, errors } = setUp();
  state.enforcer = enforcer;
  const decision = await authorize(check, '192.0.2.1', { verified: undefined });
  expect(errors).toEqual([]);
  return decision;
};

it('what decides answers byte for byte as it does without Trials, wherever it has a say', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(binding(namespaces, 'decides-'), { minLength: 1, maxLength: 3 }),
      fc.array(binding(namespaces, 'trial-'), { minLength: 1, maxLength: 3 }),
      asked,
      async (bindings, trials, check) => {
        const alone = enforceWithTrials(bindings, [], SOURCES);
        const together = enforceWithTrials(bindings, trials, SOURCES);
        const [before, now] = [await decides(alone, check), await decides(together, check)];
        const { port } = check;
        const hasSay = bindings.some(
          ({ ports }) => port === undefined || ports.length === 0 || ports.includes(port),
        );
        if (!hasSay && now.binding?.includes('/trial-')) {
          // There a Trial is Audit: it lets pass.
          expect([before.reason, now.outcome]).not.toContain('denied');
          return;
        }
        seen.add(`${before.outcome} ${before.reason}`);
        expect(now).toEqual(before);
        expect(answers(together, now, check)).toEqual(answers(alone, before, check));
      },
    ),
    { numRuns: 600 },
  );
  expect([...seen]).toEqual(
    expect.arrayContaining([
      ...['allowed authenticated', 'allowed anonymous', 'allowed disabled', 'allowed preflight'],
      ...['denied token_missing', 'denied role_mismatch', 'denied host_unbound', 'denied binding_invalid'],
      'audit_denied token_missing',
    ]),
  );
});
