import { expect, it } from 'vitest';
import { sameKeys } from './same-keys.ts';

const A = { kty: 'EC', kid: 'a', crv: 'P-256', x: '1', y: '2' } as const;
const B = { kty: 'RSA', kid: 'b', n: '3', e: 'AQAB' } as const;

it.each([
  ['the very same', [A, B], [A, B]],
  ['another order of keys', [A, B], [B, A]],
  ['another order of members', [A], [{ y: '2', x: '1', crv: 'P-256', kid: 'a', kty: 'EC' } as const]],
])('%s is no change', (_, one, other) => {
  expect(sameKeys(one, other)).toBe(true);
});

it.each([
  ['one more', [A], [A, B]],
  ['one twice', [A, B], [A, A]],
  ['another member', [A], [{ ...A, alg: 'ES256' }]],
  ['another value', [A], [{ ...A, x: '9' }]],
])('%s is a change', (_, one, other) => {
  expect(sameKeys(one, other)).toBe(false);
});
