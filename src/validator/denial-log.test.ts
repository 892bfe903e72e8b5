import { expect, it } from 'vitest';
import { decide, joe, judge, request } from '../../test/support/decide.ts';
import { bindingPolicy, policyUpdate, rulePolicy, sourcePolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import { manualClock } from '../base/testing/manual-clock.ts';
import type { Denied } from '../decision/decision.ts';
import { prepareEnforcer } from '../decision/enforcer.ts';
import type { LogFields } from '../telemetry/log.ts';
import type { CheckCall } from './check.ts';
import { createDenialLog, LINES_PER_SECOND } from './denial-log.ts';

function setUp() {
  const clock = manualClock();
  const lines: { readonly message: string; readonly fields: LogFields }[] = [];
  const log = { warn: (message: string, fields: LogFields) => void lines.push({ message, fields }) };
  return { clock, lines, denials: createDenialLog({ log, clock }) };
}

const check = (changes: Parameters<typeof request>[0] = {}): CheckCall => ({
  request: request(changes),
  client: '192.0.2.7',
});

const denied = judge([], {});
const allowed = judge([rulePolicy({ authentication: 'None' })], {});

it('one line says who was refused what, and why', () => {
  const { lines, denials } = setUp();
  denials.note(check({ headers: { 'x-request-id': 'r-1' } }), denied);
  expect(lines).toEqual([
    {
      message: 'request denied',
      fields: {
        outcome: 'denied',
        reason: 'token_missing',
        detail: 'The request carries no token.',
        remedy: 'docs/troubleshooting.md#token_missing',
        binding: 'shop/orders',
        rule: undefined,
        source: undefined,
        user: undefined,
        client: '192.0.2.7',
        request_id: 'r-1',
        method: 'GET',
        host: 'api.example',
        path: '/orders',
      },
    },
  ]);
});

it('the line names the issuer and the audience of the token, and what is taken here; the answer does not', () => {
  const { lines, denials } = setUp();
  for (const token of [joe({ iss: 'https://issuer.example/' }), joe({ aud: ['api://a', 'api://b'] })]) {
    const sources = [sourcePolicy({ audiences: ['https://api.example'] })];
    const enforcer = finishSteps(prepareEnforcer(policyUpdate([bindingPolicy()], sources)));
    const decision = decide(enforcer, request({ token }));
    denials.note(check(), decision);
    const { mismatch: _, ...answer } = decision as Denied;
    expect(JSON.stringify(answer)).not.toMatch(/issuer\.example|api:/);
  }
  expect(lines.map(({ fields: { token_says, expected } }) => [token_says, expected])).toEqual([
    [
      'iss "https://issuer.example/"',
      'iss "https://issuer.example"; they differ by the slash at the end alone',
    ],
    ['aud "api://a" or "api://b"', 'aud "https://api.example"'],
  ]);
});

it('the line says what was asked of an MCP server', () => {
  const { lines, denials } = setUp();
  const headers = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'a\u00a0b',
  };
  const asked = { method: 'POST', headers: { ...headers, 'mcp-name': '=?base64?bMO2c2NoZW4=?=' } };
  const binding = bindingPolicy({ mcp: { versions: ['2026-07-28'], other: 'Deny' } });
  const enforcer = finishSteps(prepareEnforcer(policyUpdate([binding])));
  denials.note(check(asked), decide(enforcer, request(asked)));
  denials.note(check({ ...asked, headers }), decide(enforcer, request({ ...asked, headers })));
  expect(lines[0]?.fields).toMatchObject({ mcp_method: 'tools/call', mcp_name: 'löschen' });
  // One that cannot be read is none.
  expect(lines[1]?.fields).toMatchObject({ reason: 'request_malformed', mcp_method: undefined });
});

it('a token in the place of an issuer is not written', () => {
  const { lines, denials } = setUp();
  denials.note(check(), judge([], { token: joe({ iss: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9' }) }));
  expect(lines[0]?.fields.token_says).toBe('iss "[token]"');
});

it('an allowed request is none', () => {
  const { lines, denials } = setUp();
  denials.note(check(), allowed);
  expect(lines).toEqual([]);
});

it('what an audited binding would have refused says so', () => {
  const { lines, denials } = setUp();
  denials.note(check(), {
    outcome: 'audit_denied',
    reason: 'token_missing',
    detail: '',
    binding: 'a/b',
    rule: undefined,
    source: undefined,
    user: undefined,
    client: undefined,
    upstream: { set: [], remove: [] },
  });
  expect(lines).toEqual([
    { message: 'request would be denied', fields: expect.objectContaining({ outcome: 'audit_denied' }) },
  ]);
});

it('neither query nor fragment, neither token nor cookie stands in it', () => {
  const { lines, denials } = setUp();
  const secret = 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln';
  denials.note(
    check({
      token: secret,
      pathAndQuery: `/orders?access_token=${secret}`,
      headers: { cookie: `session=${secret}` },
    }),
    denied,
  );
  denials.note(check({ pathAndQuery: `/orders#${secret}` }), denied);
  expect(lines.map(({ fields }) => fields.path)).toEqual(['/orders', '/orders']);
  expect(JSON.stringify(lines)).not.toContain(secret);
});

it.each([
  ['path', (secret: string) => ({ pathAndQuery: `/reset/${secret}/done` })],
  ['path', (secret: string) => ({ pathAndQuery: `/orders%3Faccess_token=${secret}` })],
  ['path', (secret: string) => ({ pathAndQuery: `/${'a'.repeat(450)}/${secret}` })],
  ['host', (secret: string) => ({ host: `${secret}.example` })],
  ['method', (secret: string) => ({ method: secret })],
  ['request_id', (secret: string) => ({ headers: { 'x-request-id': secret } })],
] as const)('no token stands in the %s: %#', (field, place) => {
  // However its header is written: {"alg, { "alg, with a line break and spaces, a tab, or a carriage return.
  for (const json of [
    '{"alg":"RS256"}',
    '{ "alg":"RS256"}',
    '{\n "alg":"RS256"}',
    '{\n\t"alg":1}',
    '{\r\n"alg":1}',
  ]) {
    const { lines, denials } = setUp();
    const secret = `${Buffer.from(json).toString('base64url')}.eyJzdWIiOiJqb2UifQ.c2lnbmF0dXJl`;
    denials.note(check(place(secret)), denied);
    expect(lines[0]?.fields[field]).toContain('[token]');
    expect(JSON.stringify(lines)).not.toMatch(/eyJzdWIi|c2lnbmF0dXJl/);
  }
});

it('a part of a path that only begins like a token stays', () => {
  const { lines, denials } = setUp();
  denials.note(check({ pathAndQuery: '/eyJ/ewog/keyJar' }), denied);
  expect(lines[0]?.fields.path).toBe('/eyJ/ewog/keyJar');
});

it('a caller with very many roles gets a short line', () => {
  const { lines, denials } = setUp();
  const require = { roles: { anyOf: ['admin'], allOf: [], noneOf: [] } };
  const groups = Array.from({ length: 1000 }, (_, i) => `role-${i}`);
  denials.note(check(), judge([rulePolicy({ require })], { token: joe({ groups }) }));
  expect(JSON.stringify(lines).length).toBeLessThan(2000);
});

it('what a caller makes long is cut', () => {
  const { lines, denials } = setUp();
  denials.note(check({ pathAndQuery: `/${'a'.repeat(60_000)}`, host: 'h'.repeat(60_000) }), denied);
  expect(JSON.stringify(lines).length).toBeLessThan(2000);
});

it('above the rate only some are written, and how many were not', () => {
  const { lines, denials, clock } = setUp();
  for (let i = 0; i < LINES_PER_SECOND + 25; i++) denials.note(check(), denied);
  expect(lines).toHaveLength(LINES_PER_SECOND);
  clock.advance(1000);
  expect(lines.at(-1)).toEqual({ message: 'further denials not logged', fields: { count: 25 } });
  denials.note(check(), denied);
  expect(lines).toHaveLength(LINES_PER_SECOND + 2);
  expect(clock.due().length).toBe(0);
});

it('none is counted twice when the next second begins with a denial', () => {
  const { lines, denials, clock } = setUp();
  for (let i = 0; i < LINES_PER_SECOND; i++) denials.note(check(), denied);
  clock.advance(500);
  denials.note(check(), denied);
  clock.advance(500);
  denials.note(check(), denied);
  clock.advance(1000);
  const summaries = lines.filter(({ message }) => message.startsWith('further'));
  expect(summaries).toEqual([{ message: 'further denials not logged', fields: { count: 1 } }]);
});

it('names the route that a gateway says matched', () => {
  const { lines, denials } = setUp();
  const web = { kind: 'HTTPRoute', namespace: 'shop', name: 'web' } as const;
  for (const route of [web, { ...web, section: 'admin' }, 'Unreadable', undefined] as const) {
    denials.note(check({ route }), denied);
  }
  expect(lines.map(({ fields }) => fields.route)).toEqual([
    'HTTPRoute shop/web',
    'HTTPRoute shop/web (admin)',
    'Unreadable',
    undefined,
  ]);
});
