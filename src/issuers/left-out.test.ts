import { expect, it } from 'vitest';
import { importKeySet } from '../keys/keyset.ts';
import { createLeftOutLog, describeLeftOut, leftOutOf } from './left-out.ts';
import { publicJwk } from './testing/keys.ts';

const leftOutIn = (...keys: readonly unknown[]) => leftOutOf(importKeySet({ keys }));

it('nothing is missing where the others are for encryption', () => {
  expect(leftOutIn(publicJwk('a'), { ...publicJwk('b'), use: 'enc' })).toBeUndefined();
});

it('names the key, and why it cannot be used, and quotes nothing of it', () => {
  const leftOut = leftOutIn(publicJwk('a'), { kty: 'oct', k: 'c2VjcmV0', kid: 's' }, { kty: 'new' });
  expect(leftOut).toMatchObject({ count: 2, keys: [{ index: 1, kid: 's' }, { index: 2 }] });
  expect(leftOut && describeLeftOut(leftOut)).toBe(
    'keys[1] (kid "s") is private: publish the public members of public keys alone; ' +
      'keys[2] is of a type other than RSA, EC and OKP',
  );
});

it('names eight, and counts all, also those behind the limit', () => {
  const leftOut = leftOutIn(...Array.from({ length: 20 }, () => ({})));
  expect(leftOut).toMatchObject({ count: 20 });
  expect(leftOut?.keys).toHaveLength(8);
  expect(leftOut && describeLeftOut(leftOut)).toMatch(/; and 12 more$/);
  const many = Array.from({ length: 70 }, (_, i) => publicJwk(`${i}`));
  expect(leftOutIn(...many)).toMatchObject({ count: 6, keys: [{ index: 64, kid: '64' }] });
});

it('is told once, again when it changes, and when it is over', () => {
  const told: string[] = [];
  const log = createLeftOutLog((source, count) => told.push(`${source} ${count}`));
  const plan = { source: 'shop/okta', uid: 'u' };
  log.note(plan, undefined);
  log.note(plan, leftOutIn({}));
  log.note(plan, leftOutIn({}));
  log.note(plan, leftOutIn({}, {}));
  log.note(plan, undefined);
  expect(told).toEqual(['shop/okta 1', 'shop/okta 2', 'shop/okta 0']);
  log.note(plan, leftOutIn({}));
  log.keepOnly(new Set());
  log.note(plan, leftOutIn({}));
  expect(told.slice(3)).toEqual(['shop/okta 1', 'shop/okta 1']);
});
