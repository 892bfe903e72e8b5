import { describe, expect, it } from 'vitest';
import { decide, enforce, joe, request } from '../../../test/support/decide.ts';
import { bindingPolicy } from '../../../test/support/policy.ts';
import { servedTo } from '../../../test/support/resource.ts';
import { type Decision, type Denied, isPassing } from '../../decision/decision.ts';
import { REASONS } from '../../decision/reasons.ts';
import { grpcAnswer, withTextHeaders } from './answer.ts';

const allowed = decide(enforce(bindingPolicy()), request({ token: joe({ groups: ['admin'] }) }));
const audited = decide(enforce(bindingPolicy({}, { mode: 'Audit' })), request());
const denied = decide(enforce(bindingPolicy()), request());

const metadataOf = (decision: Decision) =>
  Object.fromEntries(
    Object.entries(grpcAnswer(decision).dynamicMetadata?.fields ?? {}).map(([name, value]) => [
      name,
      value.stringValue,
    ]),
  );

it('an allowed request: status 0, headers that overwrite, removals, metadata', () => {
  const answer = grpcAnswer(allowed);
  expect(answer.status).toEqual({ code: 0 });
  expect(answer).not.toHaveProperty('deniedResponse');
  expect(answer.okResponse?.headers).toContainEqual({
    header: { key: 'x-auth-user', value: 'joe' },
    append: { value: false },
  });
  expect(answer.okResponse?.headersToRemove).toContain('x-auth-scopes');
  expect(metadataOf(allowed)).toEqual({
    'portcullis-outcome': 'allowed',
    'portcullis-reason': 'authenticated',
    'portcullis-binding': 'shop/orders',
    'portcullis-source': 'shop/okta',
    'portcullis-user': 'joe',
  });
});

it.each([
  ['GET', 200],
  ['OPTIONS', 204],
  ['POST', 405],
])('what the validator itself answers to %s is a denial of status %i', (method, status) => {
  const answer = grpcAnswer(servedTo(method));
  expect(answer.status?.code).toBe(7);
  expect(answer).not.toHaveProperty('okResponse');
  expect(answer.deniedResponse?.status).toEqual({ code: status });
});

it('an upgrade has Connection say that and nothing else', () => {
  const connection = { header: { key: 'connection', value: 'Upgrade' }, append: { value: false } };
  for (const decision of [allowed, audited]) {
    expect(grpcAnswer(decision, 'upgrade, x-auth-user').okResponse?.headers).toContainEqual(connection);
    expect(grpcAnswer(decision, 'Upgrade').okResponse?.headers).not.toContainEqual(connection);
    expect(grpcAnswer(decision).okResponse?.headers).not.toContainEqual(connection);
  }
  expect(grpcAnswer(denied, 'upgrade, x-auth-user')).toEqual(grpcAnswer(denied));
});

it('cookies that are no text are refused, and replaced in Audit', () => {
  const set = [['cookie', 'a=\udce9']] as const;
  const broken = (decision: Decision): Decision =>
    isPassing(decision) ? { ...decision, upstream: { set, remove: [] } } : decision;
  expect(withTextHeaders(broken(allowed))).toMatchObject({ outcome: 'denied', reason: 'request_malformed' });
  expect(withTextHeaders(allowed)).toBe(allowed);
  expect(grpcAnswer(withTextHeaders(broken(audited))).okResponse?.headers).toEqual([
    { header: { key: 'cookie', value: 'a=\ufffd' }, append: { value: false } },
  ]);
});

it('an audited request passes with nothing of the client’s own', () => {
  const answer = grpcAnswer(audited);
  expect(answer.status?.code).toBe(0);
  expect(answer.okResponse).toEqual({
    headers: [],
    headersToRemove: expect.arrayContaining(['x-auth-user', 'x-auth-roles', 'x-portcullis-port']),
  });
  expect(metadataOf(audited)['portcullis-outcome']).toBe('audit_denied');
});

describe('a denial', () => {
  it('has status, headers and body of its own', () => {
    const answer = grpcAnswer(denied);
    expect(answer.deniedResponse?.status).toEqual({ code: 401 });
    expect(answer.deniedResponse?.headers).toContainEqual({
      header: { key: 'www-authenticate', value: 'Bearer realm="shop/orders"' },
      append: { value: false },
    });
    expect(JSON.parse(answer.deniedResponse?.body ?? '')).toMatchObject({ reason: 'token_missing' });
    expect(answer).not.toHaveProperty('okResponse');
  });

  it.each(Object.entries(REASONS))('%s is no status 0', (reason, { status }) => {
    const answer = grpcAnswer({ ...(denied as Denied), reason: reason as Denied['reason'], status });
    expect(answer.status?.code).toBe({ 400: 3, 401: 16, 403: 7, 405: 7, 503: 14 }[status]);
    expect(answer.deniedResponse?.status?.code).toBe(status);
  });
});

it('every header says that it overwrites', () => {
  for (const decision of [allowed, denied]) {
    const { okResponse, deniedResponse } = grpcAnswer(decision);
    const headers = okResponse?.headers ?? deniedResponse?.headers ?? [];
    expect(headers.length).toBeGreaterThan(0);
    expect(headers.every(({ append }) => append?.value === false)).toBe(true);
  }
});
