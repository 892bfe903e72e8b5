/** Explain says why a browser is sent to the login page or not, and which body is taken. */

import { expect, it } from 'vitest';
import { enforce, joe, request } from '../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../test/support/policy.ts';
import { NOW } from '../../test/support/verification.ts';
import type { CheckRequest } from '../decision/decision.ts';
import { LOGIN, NAVIGATES, withLogin } from '../decision/testing/login.ts';
import type { BindingPolicy } from '../policy/policy.ts';
import { decidingStep } from '../report/deciding-step.ts';
import { judgeWithTrace } from './judgement.ts';

async function told(policy: BindingPolicy, changes: Partial<CheckRequest>) {
  const asked = request(changes);
  const { decision, steps } = await judgeWithTrace(enforce(policy), asked, NOW, async () => undefined);
  const answers = steps.filter(({ step }) => step === 'answer').map(({ finding }) => finding);
  return { decision, steps, own: answers.slice(0, -1), answer: answers.at(-1) };
}

it('that a browser is sent there', async () => {
  const { own, answer } = await told(withLogin(), { headers: NAVIGATES });
  expect(own).toEqual(['A browser opens a page, and a login helps: it is sent to the login page']);
  expect(answer).toBe('denied: 302 token_missing');
});

it('that mode Audit sends nobody there', async () => {
  const { own, answer } = await told(withLogin({}, {}, { mode: 'Audit' }), { headers: NAVIGATES });
  expect(own).toEqual(['A browser opens a page, and a login helps: Enforce would send it to the login page']);
  expect(answer).toMatch(/^audit_denied: /);
});

const query = { credentials: [{ in: 'Query', name: 'access_token' }] } as const;
const stale = joe({ exp: 1 });

const KEPT: readonly (readonly [string, string, Partial<CheckRequest>, BindingPolicy?])[] = [
  ['the method', 'the method is POST, and not GET', { method: 'POST', headers: NAVIGATES }],
  ['a script', 'Sec-Fetch-Mode is "cors", and not navigate', { headers: { 'sec-fetch-mode': 'cors' } }],
  [
    'a program',
    'there is no Sec-Fetch-Mode, and Accept "*/*" does not begin with text/html',
    { headers: { accept: '*/*' } },
  ],
  [
    'a script over http',
    "there is no Sec-Fetch-Mode, and Origin or X-Requested-With is a script's",
    { headers: { accept: 'text/html', origin: 'https://api.example' } },
  ],
  ['a program that says nothing', 'there is neither Sec-Fetch-Mode nor Accept', { headers: {} }],
  ['gRPC', 'it is a call of gRPC', { headers: { ...NAVIGATES, 'content-type': 'application/grpc' } }],
  [
    'the host',
    'the host "other.example" is none of login.hosts: https://api.example',
    { host: 'other.example', headers: NAVIGATES },
    withLogin({ origins: ['https://api.example'] }),
  ],
  [
    'a token in the query',
    'the token is in the query, and would come back with it',
    { pathAndQuery: `/orders?access_token=${stale}`, headers: NAVIGATES },
    withLogin({}, query),
  ],
  [
    'the login page',
    'it is the login page itself',
    { host: 'localhost:8080', pathAndQuery: '/in', headers: NAVIGATES },
    withLogin({ url: 'http://localhost:8080/in?rd={url}' }),
  ],
  [
    'a long URL',
    'Location would be longer than 8192 characters',
    { pathAndQuery: `/?${'x'.repeat(8192)}`, headers: NAVIGATES },
  ],
  [
    'what no login cures',
    'another login does not cure audience_mismatch',
    { headers: { ...NAVIGATES, authorization: `Bearer ${joe({ aud: 'other' })}` } },
    withLogin({}, { resource: { audiences: ['https://api.example'] } }),
  ],
  [
    'whom nobody lets in',
    'another login does not cure access_denied',
    { headers: NAVIGATES },
    withLogin({}, { rules: [rulePolicy({ authentication: 'Deny' })] }),
  ],
];

it.each(KEPT.map(([what, why, changes, policy = withLogin()]) => ({ what, why, changes, policy })))(
  'that it is not sent there for $what alone',
  async ({ why, changes, policy }) => {
    const { own, decision } = await told(policy, changes);
    expect(decision).toMatchObject({ outcome: 'denied' });
    expect(decision).not.toMatchObject({ status: 302 });
    expect(own).toEqual([`Not sent to the login page: ${why}`]);
  },
);

it('everything that keeps it from that, and nothing longer than a line', async () => {
  const headers = { 'sec-fetch-mode': 'x'.repeat(500), authorization: `Bearer ${joe({ aud: 'other' })}` };
  const { own } = await told(withLogin({}, { resource: { audiences: ['https://api.example'] } }), {
    method: 'POST',
    host: 'other.example',
    headers,
  });
  expect(own[0]).toMatch(
    /cure audience_mismatch; the method is POST.*; Sec-Fetch-Mode is "x+…".*; the host "other/,
  );
  expect(own[0]?.length).toBeLessThan(500);
});

const body = (statuses: readonly number[], contentType = 'application/json') => ({
  ...{ statuses, contentType },
  body: '{}',
});
const bodies = [body([403]), body([401, 503], 'text/html')];

it.each<readonly [string, Partial<CheckRequest>, readonly unknown[]]>([
  ['its own body', {}, ['The body is that of answers.denied[1], text/html; charset=utf-8']],
  [
    'the usual one, for gRPC',
    { headers: { 'content-type': 'application/grpc' } },
    ['The usual body: it is a call of gRPC'],
  ],
  [
    'the usual one, for another status',
    { pathAndQuery: 'orders' },
    ['The usual body: no entry of answers.denied has 400'],
  ],
  ['none of what passes', { headers: { authorization: `Bearer ${joe()}` } }, []],
])('which body is taken: %s', async (_, changes, own) => {
  expect((await told(bindingPolicy({ answers: { bodies } }), changes)).own).toEqual(own);
});

it('both, where no browser is sent there; and the step that decided is another one', async () => {
  const { own, steps, decision } = await told(bindingPolicy({ answers: { login: LOGIN, bodies } }), {});
  expect(own).toEqual([
    'Not sent to the login page: there is neither Sec-Fetch-Mode nor Accept',
    'The body is that of answers.denied[1], text/html; charset=utf-8',
  ]);
  expect(steps[decidingStep({ steps, reason: decision.reason })]?.step).toBe('credentials');
});

it('that an MCP server that is a resource does not get the token, unless its author wants it to', async () => {
  const mcp = { versions: ['2026-07-28'], other: 'Pass' } as const;
  const resource = { audiences: ['https://api.example'] };
  const token = `Bearer ${joe({ aud: 'https://api.example' })}`;
  const ownOf = async (spec: Parameters<typeof bindingPolicy>[0], kept: 'Keep' | 'Remove') => {
    const { forward } = bindingPolicy();
    const policy = bindingPolicy(spec, { forward: { ...forward, token: kept } });
    const { own, decision } = await told(policy, { headers: { authorization: token } });
    expect(decision.outcome).toBe('allowed');
    return own;
  };
  expect(await ownOf({ mcp, resource }, 'Remove')).toEqual([
    'The API does not get the token: forward.token is Remove, the default of an MCP server that is a resource; Keep hands it on',
  ]);
  expect(await ownOf({ mcp, resource }, 'Keep')).toEqual([]);
  expect(await ownOf({ resource }, 'Remove')).toEqual([]);
});
