import { expect, it } from 'vitest';
import { decidingStep } from './deciding-step.ts';

const step = (name: string, finding: string) => ({ step: name, finding });

it.each([
  [
    'of a refusal, the last that names it',
    'audience_mismatch',
    [step('token', 'aud "x"'), step('token', 'audience_mismatch: no'), step('answer', 'audience_mismatch')],
    1,
  ],
  [
    'allowed, which no step names',
    'authenticated',
    [step('rule', 'read'), step('require', 'All holds'), step('answer', 'x')],
    1,
  ],
  ['by the answer alone', 'internal_error', [step('answer', 'internal_error')], -1],
])('%s', (_, reason, steps, index) => {
  expect(decidingStep({ reason, steps })).toBe(index);
});
