import { expect, it } from 'vitest';
import { REASONS } from '../decision/reasons.ts';
import { remedyFor } from './remedies.ts';

it.each(Object.keys(REASONS))('%s has a remedy, in one line', (reason) => {
  expect(remedyFor(reason)).toMatch(/^[^\n]{20,140}$/);
});

it.each(['constructor', 'something_newer', ''])('%j has none', (reason) => {
  expect(remedyFor(reason)).toBeUndefined();
});
