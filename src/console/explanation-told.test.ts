import { expect, it } from 'vitest';
import { Misshapen } from '../policy/shape.ts';
import { readExplanation } from './explanation-told.ts';

const step = (name: string, finding: string) => ({ step: name, finding });

const told = {
  ...{ outcome: 'denied', reason: 'audience_mismatch', status: 401, detail: 'No.' },
  ...{ binding: 'shop/orders', rule: null, source: null, user: null, more: 1 },
  steps: [
    step('binding', 'shop/orders guards it'),
    step('token', 'audience_mismatch: The token is for another'),
    step('answer', 'denied: 401 audience_mismatch'),
  ],
  headers: { 'www-authenticate': 'Bearer' },
  body: '{}',
};

it('reads an answer', () => {
  const read = readExplanation(told);
  expect(read.headers).toEqual({ 'www-authenticate': 'Bearer' });
  expect(read.set).toBeUndefined();
  expect(read.steps).toHaveLength(3);
});

it.each([
  ['another outcome', { ...told, outcome: 'maybe' }],
  ['a header that is no text', { ...told, headers: { a: 1 } }],
  ['no steps', { ...told, steps: undefined }],
])('refuses %s', (_, value) => {
  expect(() => readExplanation(value)).toThrow(Misshapen);
});
