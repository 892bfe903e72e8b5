import { expect, it } from 'vitest';
import { report } from '../report/testing/reports.ts';
import { ageText, decidedBy, rateBetween, rateText, shareOf, sumOf, toldReport } from './figures.ts';

it('counts a request once, though a Trial judged it, too', () => {
  const told = report({
    counts: [
      { rule: 'read', outcome: 'allowed', reason: 'authenticated', count: 7 },
      { rule: 'read', outcome: 'denied', reason: 'token_missing', count: 2 },
      { rule: 'read', outcome: 'denied', reason: 'role_mismatch', count: 1 },
      { rule: 'read', outcome: 'same', reason: 'authenticated', count: 10 },
    ],
  });
  expect(decidedBy(told)).toEqual({ allowed: 7, denied: 3 });
  expect(sumOf(decidedBy(told))).toBe(10);
});

it('of nobody knows nothing, which is not that nothing came', () => {
  const none = { ...report(), bindings: [] };
  expect(toldReport({ ...none, validators: 0 })).toBeUndefined();
  expect(toldReport(none)).toBe(none);
  expect(toldReport(undefined)).toBeUndefined();
});

const at = (second: number, requests: number, validators = 2) => ({
  until: new Date(second * 1000).toISOString(),
  requests,
  validators,
});

it.each([
  [at(0, 10), at(5, 60), 10],
  [undefined, at(5, 60), undefined],
  // An hour was forgotten.
  [at(0, 60), at(5, 10), undefined],
  [at(5, 10), at(5, 60), undefined],
  // One was silent before, and tells of all its day at once.
  [at(0, 10, 1), at(5, 90_000), undefined],
  [at(0, 90_000), at(5, 90_010, 1), undefined],
])('between %o and %o there are %s requests a second', (before, now, rate) => {
  expect(rateBetween(before, now)).toBe(rate);
});

it.each([
  [0, 0, '0'],
  [0, 9, '0'],
  [1, 3, '1 (33 %)'],
  [37, 12_410, '37 (0.3 %)'],
  [1, 1_000_000, '1 (<0.1 %)'],
])('%s of %s is %s', (part, whole, text) => expect(shareOf(part, whole)).toBe(text));

it.each([
  [0, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [7300, '2 h'],
  [90_000, '1 d'],
])('%s seconds are %s', (seconds, text) => expect(ageText(seconds)).toBe(text));

it('says a rate as exactly as it is worth', () => {
  expect([undefined, 0.04, 12.34, 1234.5].map(rateText)).toEqual(['…', '0.0', '12.3', '1,235']);
});
