import { describe, expect, it } from 'vitest';
import { joe } from '../../../test/support/decide.ts';
import { any, bindingPolicy, policyUpdate, rulePolicy } from '../../../test/support/policy.ts';
import type { PolicyUpdate } from '../../policy/policy.ts';
import { adminServer } from '../testing/admin.ts';

const update = policyUpdate([
  bindingPolicy({ rules: [rulePolicy({ name: 'admin', require: { roles: any('admin') } })] }),
]);
const JSON_TYPE = { 'content-type': 'application/json' };
const URL_ASKED = 'https://orders.example/orders';

async function explain(question: unknown, inForce: PolicyUpdate | undefined = update) {
  const { ask, memory } = await adminServer(inForce);
  const body = typeof question === 'string' ? question : JSON.stringify(question);
  const answer = await ask('/explain', { method: 'POST', headers: JSON_TYPE, body });
  return { ...answer, memory };
}

describe('explain', () => {
  it('says what becomes of a request, with every step, as the command does', async () => {
    const token = joe({ groups: ['user'] });
    const { status, headers, body, memory } = await explain({ method: 'GET', url: URL_ASKED, token });
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    const told = JSON.parse(body);
    expect(told).toMatchObject({
      outcome: 'denied',
      reason: 'role_mismatch',
      status: 403,
      binding: 'shop/orders',
      rule: 'admin',
      source: 'shop/okta',
      user: expect.any(String),
    });
    expect(told.steps.map(({ step }: { readonly step: string }) => step)).toEqual(
      expect.arrayContaining(['binding', 'path', 'rule', 'credentials', 'token', 'require', 'answer']),
    );
    expect(body).not.toContain(token.split('.')[2]);
    expect(memory.bytes()).toBe(0);
  });
  it('says what passes', async () => {
    const asked = { method: 'GET', url: URL_ASKED, token: joe({ groups: ['admin'] }) };
    const { body } = await explain(asked);
    expect(JSON.parse(body)).toMatchObject({ outcome: 'allowed', reason: 'authenticated', status: 200 });
  });
  it('takes headers, the token among them, and no token at all', async () => {
    const authorization = `Bearer ${joe({ groups: ['admin'] })}`;
    const named = await explain({
      method: 'GET',
      url: '/orders',
      headers: { Host: 'a.example', authorization },
    });
    expect(JSON.parse(named.body)).toMatchObject({ outcome: 'allowed' });
    const { body } = await explain({ method: 'GET', url: URL_ASKED });
    expect(JSON.parse(body)).toMatchObject({ reason: 'token_missing' });
  });
  it('takes a header that is there more than once, as the one who attacks sends it', async () => {
    const mcp = bindingPolicy({ mcp: { versions: ['2026-07-28'], other: 'Deny' } });
    const ask = (name: unknown) =>
      explain(
        {
          method: 'POST',
          url: URL_ASKED,
          headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': name },
        },
        policyUpdate([mcp]),
      );
    expect(JSON.parse((await ask(['read_file', 'delete_file'])).body)).toMatchObject({
      reason: 'request_malformed',
      detail: 'Mcp-Name is there more than once.',
    });
    expect(JSON.parse((await ask(['read_file'])).body)).toMatchObject({ reason: 'token_missing' });
    expect(await ask([7])).toMatchObject({ status: 400 });
  });
  it('says so where there is no policy yet', async () => {
    const { ask } = await adminServer(undefined);
    const body = JSON.stringify({ method: 'GET', url: URL_ASKED, token: joe() });
    const answer = await ask('/explain', { method: 'POST', headers: JSON_TYPE, body });
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'policy_missing', status: 503 });
  });
  it.each([
    ['no JSON', '{"method": s3cret'],
    ['a list', ['s3cret']],
    ['no url', { method: 'GET' }],
    ['what is not known', { method: 'GET', url: URL_ASKED, tokens: 's3cret' }],
    ['a token that is no text', { method: 'GET', url: URL_ASKED, token: ['s3cret'] }],
    ['two words for a method', { method: 'GET https://s3cret.example/', url: URL_ASKED }],
    ['no method', { method: '', url: URL_ASKED }],
    ['another scheme', { method: 'GET', url: 'ftp://s3cret.example' }],
    ['no host', { method: 'GET', url: '/orders' }],
    ['headers that are a list', { method: 'GET', url: URL_ASKED, headers: ['a: s3cret'] }],
    ['a header with a line break', { method: 'GET', url: URL_ASKED, headers: { a: 's3cret\r\nb: c' } }],
    [
      'a header whose name holds another',
      { method: 'GET', url: URL_ASKED, headers: { 'a: s3cret\nb': 'c' } },
    ],
    ['a header without a name', { method: 'GET', url: URL_ASKED, headers: { '': 's3cret' } }],
  ])('refuses %s, and quotes nothing', async (_, question) => {
    const { status, body } = await explain(question);
    expect(status).toBe(400);
    expect(body).not.toContain('s3cret');
  });
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
  ])('refuses the type %s, which a form could send', async (type) => {
    const { ask } = await adminServer(update);
    const headers = { 'content-type': type };
    const body = JSON.stringify({ method: 'GET', url: URL_ASKED });
    expect(await ask('/explain', { method: 'POST', headers, body })).toMatchObject({ status: 415 });
  });
  it('refuses a question that is too long', async () => {
    const { status } = await explain({ method: 'GET', url: URL_ASKED, token: 'x'.repeat(64 * 1024) });
    expect(status).toBe(413);
  });
  it('takes a token of the longest length', async () => {
    const { body } = await explain({ method: 'GET', url: URL_ASKED, token: 'x'.repeat(17 * 1024) });
    expect(JSON.parse(body)).toMatchObject({ outcome: 'denied', reason: 'token_malformed' });
  });
});
