import { expect, it } from 'vitest';
import { decide, enforce, headerOf, joe, judge, request } from '../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../test/support/policy.ts';
import { annotations } from './annotations.ts';

const told = (decision: Parameters<typeof annotations>[0]): Readonly<Record<string, string | undefined>> => {
  const [...pairs] = annotations(decision);
  return Object.fromEntries(pairs.flatMap((name, i) => (i % 2 === 0 ? [[name, pairs[i + 1]]] : [])));
};

it('a decision about a token names all there is', () => {
  expect(told(judge([rulePolicy({ name: 'all' })], { token: joe() }))).toEqual({
    'portcullis-outcome': 'allowed',
    'portcullis-reason': 'authenticated',
    'portcullis-binding': 'shop/orders',
    'portcullis-rule': 'all',
    'portcullis-source': 'shop/okta',
    'portcullis-user': 'joe',
  });
});

it('what is not known is left out', () => {
  expect(told(judge([], { host: 'a,b' }))).toEqual({
    'portcullis-outcome': 'denied',
    'portcullis-reason': 'request_malformed',
  });
});

it('a user with a line break is no second header', () => {
  const decision = judge([], { token: joe({ sub: 'joe\r\nx-auth-user: root ü' }) });
  expect(told(decision)['portcullis-user']).toMatch(/^[\x21-\x7e]+$/);
  expect(told(decision)['portcullis-user']).toBe(headerOf(decision, 'x-auth-user'));
});

it('of a long user the beginning is told', () => {
  const decision = judge([], { token: joe({ sub: 'é'.repeat(2000) }) });
  expect(told(decision)['portcullis-user']).toBe(encodeURIComponent('é'.repeat(512)));
  expect(headerOf(decision, 'x-auth-user')).toBe(encodeURIComponent('é'.repeat(2000)));
});

/** Of a call of MCP. */
const toldOf = (method: string, name: string) =>
  told(
    decide(
      enforce(bindingPolicy({ mcp: { versions: ['2026-07-28'], other: 'Deny' } })),
      request({
        method: 'POST',
        headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, 'mcp-name': name },
      }),
    ),
  );

it('of a request of MCP method and name are told, safe and bounded', () => {
  const long = `é\r\n${'é'.repeat(1000)}`;
  const encoded = `=?base64?${Buffer.from(long).toString('base64')}?=`;
  expect(toldOf('tools/call', encoded)).toMatchObject({
    'portcullis-mcp-method': 'tools/call',
    'portcullis-mcp-name': encodeURIComponent(long.slice(0, 256)),
  });
  const unnamed = toldOf('tools/list', 'x');
  expect(unnamed['portcullis-mcp-method']).toBe('tools/list');
  expect(unnamed).not.toHaveProperty('portcullis-mcp-name');
});

it("a resource's URI loses what may be a secret: its query, and the user before its host", () => {
  const nameOf = (method: string, name: string) => toldOf(method, name)['portcullis-mcp-name'];
  const name = 'pg://joe:s3cret@db.example/orders?key=s3cret#s3cret';
  expect(nameOf('resources/read', name)).toBe('pg://db.example/orders');
  expect(nameOf('resources/read', 'file:///a@b')).toBe('file:///a@b');
  expect(nameOf('tools/call', 'why?')).toBe('why?');
});
