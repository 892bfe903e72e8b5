import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, enforce, headerOf, joe, request } from '../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import type { BodyPolicy } from '../policy/answers.ts';
import { MAX_VALUE } from '../policy/body-template.ts';
import { deny } from './answers.ts';
import { prepareBinding } from './binding.ts';
import type { Denied } from './decision.ts';
import type { Reason } from './reasons.ts';

const JSON_BODY: BodyPolicy = {
  statuses: [401, 403],
  contentType: 'application/json',
  body: '{"error":"{reason}","code":{status},"title":"{title}","why":"{detail}","request":"{requestId}"}',
};
const HTML_BODY: BodyPolicy = {
  statuses: [401, 403],
  contentType: 'text/html',
  body: '<title>{title}</title><p title="{detail}">{detail}</p><i data-id=\'{requestId}\'>{status}</i>',
};
const PLAIN_BODY: BodyPolicy = {
  statuses: [401, 403],
  contentType: 'text/plain',
  body: '{status} {reason}: {detail} ({requestId})',
};

const withBodies = (...bodies: readonly BodyPolicy[]) => bindingPolicy({ answers: { bodies } });

function refuse(
  bodies: readonly BodyPolicy[],
  { reason = 'role_mismatch', detail = 'd' }: { readonly reason?: Reason; readonly detail?: string } = {},
  headers: Readonly<Record<string, string>> = {},
): Denied {
  const binding = finishSteps(prepareBinding(withBodies(...bodies)));
  const decision = deny({ request: request({ headers }), binding }, { reason, detail });
  if (decision.outcome !== 'denied') throw new Error(decision.outcome);
  return decision;
}

describe('a body of its own', () => {
  it('says what is true of the denial, and leaves status and headers as they are', () => {
    const asked = request({ headers: { 'x-request-id': '5f2-a:b' } });
    const own = decide(enforce(withBodies(JSON_BODY)), asked);
    const usual = decide(enforce(bindingPolicy()), asked);
    expect(own).toMatchObject({ outcome: 'denied', reason: 'token_missing', status: 401 });
    expect('body' in own && JSON.parse(own.body)).toEqual({
      error: 'token_missing',
      code: 401,
      title: 'A token is required',
      why: 'The request carries no token.',
      request: '5f2-a:b',
    });
    const others = (decision: typeof own) =>
      'headers' in decision && decision.headers.filter(([name]) => name !== 'content-type');
    expect(others(own)).toEqual(others(usual));
    expect(headerOf(own, 'www-authenticate')).toBe('Bearer realm="shop/orders"');
    expect(headerOf(own, 'content-type')).toBe('application/json');
  });

  it('is the first whose statuses fit, and the usual one for others', () => {
    const bodies = [
      { ...PLAIN_BODY, statuses: [403, 503], body: 'first' },
      { ...PLAIN_BODY, statuses: [403, 401], body: 'second' },
    ];
    expect(refuse(bodies).body).toBe('first');
    expect(refuse(bodies, { reason: 'token_missing' }).body).toBe('second');
    expect(refuse(bodies, { reason: 'keys_unavailable' }).body).toBe('first');
    expect(headerOf(refuse(bodies, { reason: 'keys_unavailable' }), 'retry-after')).toBe('5');
    expect(JSON.parse(refuse(bodies, { reason: 'path_ambiguous' }).body)).toMatchObject({ status: 400 });
  });

  it('is not for gRPC callers', () => {
    const denied = refuse([HTML_BODY], {}, { 'content-type': 'Application/gRPC' });
    expect(JSON.parse(denied.body)).toMatchObject({ reason: 'role_mismatch' });
    expect(headerOf(denied, 'content-type')).toBe('application/problem+json');
  });

  it('has its type, and UTF-8 said where the type does not say it', () => {
    const typeOf = (contentType: string) =>
      headerOf(refuse([{ ...PLAIN_BODY, contentType }]), 'content-type');
    expect(['text/html', 'text/plain', 'application/vnd.api+json'].map(typeOf)).toEqual([
      'text/html; charset=utf-8',
      'text/plain; charset=utf-8',
      'application/vnd.api+json',
    ]);
  });

  it('leaves other braces as they are', () => {
    const body = '{"a":{"b":[{}]},"c":"$ {{reason}} {{status}} {"}';
    expect(refuse([{ ...JSON_BODY, body }]).body).toBe('{"a":{"b":[{}]},"c":"$ {role_mismatch} {403} {"}');
  });
});

describe('the request id', () => {
  it.each([
    ['as proxies make it', '0f8b2f9e-5a1c-9d3e-8a11-2c9c4f0b7a55', true],
    ['of other proxies', 'Root=1-5759e988-bd862e3fe1be46a994272793', true],
    ['of base64', 'Zm9v/YmFy+eHg=', true],
    ['with a script', '<script>alert(1)</script>', false],
    ['with quotes', '"},{"admin":true', false],
    ['with a line break', 'a\r\nset-cookie: b', false],
    ['doubled', 'a, b', false],
    ['with an escape of a terminal', '\u001b[31mred', false],
    ['of another alphabet', 'заказ', false],
    ['too long', 'a'.repeat(129), false],
    ['empty', '', true],
  ])('%s', (_, id, isTold) => {
    const denied = refuse([{ ...PLAIN_BODY, body: '<{requestId}>' }], {}, { 'x-request-id': id });
    expect(denied.body).toBe(isTold ? `<${id}>` : '<>');
  });
});

const HOSTILE = [
  '</p><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '&lt;b&gt; &amp;',
  '","admin":true,"x":"',
  '\\',
  '\\"',
  'a\r\nset-cookie: b=c',
  '\u0000\u001b[2J\u0085\u2028\u2029',
  '\u202eexe.txt',
  '{reason}{detail}',
  '\ud800',
  '$&$1',
];

describe('a hostile detail', () => {
  it.each(HOSTILE)('%j stays a text in JSON', (detail) => {
    const { body } = refuse([JSON_BODY], { detail });
    const parsed = JSON.parse(body) as Readonly<Record<string, unknown>>;
    expect(Object.keys(parsed)).toEqual(['error', 'code', 'title', 'why', 'request']);
    expect([parsed.error, parsed.code]).toEqual(['role_mismatch', 403]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no control is to be left
    expect(parsed.why).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
  });

  it.each(HOSTILE)('%j stays a text in HTML', (detail) => {
    const { body } = refuse([HTML_BODY], { detail });
    const usual = refuse([HTML_BODY]).body;
    const marks = (html: string) => html.replace(/[^<>"']/g, '');
    expect(marks(body)).toBe(marks(usual));
    expect(body).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/);
  });

  it.each(HOSTILE)('%j is one line of plain text', (detail) => {
    const { body } = refuse([PLAIN_BODY], { detail });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no control is to be left
    expect(body).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
    expect(body.startsWith('403 role_mismatch: ')).toBe(true);
  });

  it('of any kind breaks out of nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (detail) => {
        const { why } = JSON.parse(refuse([JSON_BODY], { detail }).body) as { readonly why: string };
        expect(why.isWellFormed()).toBe(true);
        const html = refuse([HTML_BODY], { detail }).body;
        expect(html.match(/</g)).toHaveLength(6);
      }),
    );
  });
});

it('a role that a token names is shown, and is no markup', () => {
  const rules = [rulePolicy({ require: { roles: { anyOf: ['<b>admin'], allOf: [], noneOf: [] } } })];
  const policy = bindingPolicy({ rules, answers: { bodies: [HTML_BODY] } });
  const decision = decide(enforce(policy), request({ token: joe({ groups: ['<script>'] }) }));
  expect(decision).toMatchObject({ reason: 'role_mismatch', status: 403 });
  expect('body' in decision && decision.body).not.toMatch(/<script|<b>/);
});

it('a template is no bomb: each value is cut', () => {
  const body = '{detail}'.repeat(8);
  const worst = refuse([{ ...HTML_BODY, body }], { detail: '"'.repeat(100_000) }).body;
  expect(worst.length).toBeLessThanOrEqual(8 * ('&quot;'.length * MAX_VALUE + 1));
});
