import { describe, expect, it } from 'vitest';
import { decide, enforce, joe, request } from '../../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../../test/support/policy.ts';
import { servedTo } from '../../../test/support/resource.ts';
import type { Decision } from '../../decision/decision.ts';
import { deliverable, httpAnswer, rawAnswer } from './answer.ts';

const headersOf = (decision: Decision): Record<string, string> => {
  const { headers } = httpAnswer(decision);
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) pairs.push([headers[i] ?? '', headers[i + 1] ?? '']);
  return Object.fromEntries(pairs);
};
const removed = (decision: Decision) =>
  headersOf(decision)['x-envoy-auth-headers-to-remove']?.split(',') ?? [];

const guarded = enforce(bindingPolicy());
const allowed = decide(guarded, request({ token: joe({ groups: ['admin'] }) }));
const denied = decide(guarded, request());
const anonymous = decide(
  enforce(bindingPolicy({ rules: [rulePolicy({ authentication: 'None' })] })),
  request(),
);
const audited = decide(enforce(bindingPolicy({}, { mode: 'Audit' })), request());

describe('what the validator itself answers', () => {
  it.each([
    ['GET', 200, 425],
    ['HEAD', 200, 425],
    ['OPTIONS', 204, 426],
  ])('to %s has no status that is an allow', (method, status, carrier) => {
    const served = servedTo(method);
    expect(served).toMatchObject({ status });
    for (const carriers of [[], ['424'], ['200', '204']]) {
      expect(deliverable(served, carriers)).toMatchObject({
        outcome: 'denied',
        reason: 'metadata_undeliverable',
        binding: 'shop/orders',
        status: 403,
      });
      expect(httpAnswer(served, carriers).status).toBe(403);
    }
    const carriers = ['424', '425', '426'];
    expect(deliverable(served, carriers)).toBe(served);
    expect(httpAnswer(served, carriers).status).toBe(carrier);
  });

  it('to other methods needs no carrier', () => {
    expect(httpAnswer(servedTo('POST')).status).toBe(405);
  });
});

describe('an allowed request', () => {
  it('is answered with exactly 200', () => {
    expect(httpAnswer(allowed)).toMatchObject({ status: 200, body: '' });
  });
  it('gets the user’s headers', () => {
    expect(headersOf(allowed)).toMatchObject({
      'x-auth-user': 'joe',
      'x-auth-roles': 'admin',
      'x-auth-source': 'shop/okta',
      'portcullis-outcome': 'allowed',
      'portcullis-user': 'joe',
      'content-length': '0',
    });
  });
  it('gets its other cookies back byte for byte when the token is taken out', () => {
    const remove = bindingPolicy(
      { credentials: [{ in: 'Cookie', name: 'session', origins: [] }] },
      { forward: { ...bindingPolicy().forward, token: 'Remove' } },
    );
    const cookie = `city=Łódź; session=${joe()}`;
    const answer = headersOf(decide(enforce(remove), request({ headers: { cookie } })));
    // Node.js writes a header's characters as bytes, one each.
    expect(Buffer.from(answer.cookie ?? '', 'latin1').toString('utf8')).toBe('city=Łódź');
    expect(answer.cookie).toMatch(/^[\x20-\xff]+$/);
  });
  it('never carries one header in both lists: the removal would win', () => {
    const set = new Set(Object.keys(headersOf(allowed)));
    expect(removed(allowed).filter((name) => set.has(name))).toEqual([]);
    expect(removed(allowed)).toContain('x-auth-scopes');
  });
});

it.each([
  ['allowed', allowed],
  ['anonymous', anonymous],
  ['audited', audited],
])('an %s request loses what is between Envoy and us', (_, decision) => {
  expect(httpAnswer(decision).status).toBe(200);
  expect(removed(decision)).toEqual(
    expect.arrayContaining(['x-envoy-upstream-service-time', 'x-portcullis-port', 'x-portcullis-client']),
  );
});

it.each([
  ['anonymous', anonymous],
  ['audited', audited],
])('an %s request loses every header that a client could have forged', (_, decision) => {
  expect(removed(decision)).toEqual(
    expect.arrayContaining(['x-auth-user', 'x-auth-roles', 'x-auth-scopes', 'x-auth-source']),
  );
});

it('a denial is told with status, headers and body', () => {
  const answer = httpAnswer(denied);
  expect(answer.status).toBe(401);
  expect(JSON.parse(answer.body)).toMatchObject({ reason: 'token_missing', status: 401 });
  expect(headersOf(denied)).toMatchObject({
    'content-type': 'application/problem+json',
    'www-authenticate': 'Bearer realm="shop/orders"',
    'portcullis-reason': 'token_missing',
    'content-length': String(Buffer.byteLength(answer.body)),
  });
  expect(headersOf(denied)).not.toHaveProperty('x-envoy-auth-headers-to-remove');
});

it('a raw answer is one that HTTP reads', () => {
  expect(rawAnswer({ status: 400, headers: ['a', 'b', 'content-length', '2'], body: 'no' })).toBe(
    'HTTP/1.1 400 Bad Request\r\na: b\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno',
  );
});
