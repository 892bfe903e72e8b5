import { expect, it } from 'vitest';
import { headerOf, joe, judge } from '../../test/support/decide.ts';
import { rulePolicy } from '../../test/support/policy.ts';
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
