import { expect, it } from 'vitest';
import { finishSteps, remember, type Steps } from './steps.ts';

it('what is remembered is made once, in steps or at once', () => {
  let made = 0;
  const known = remember(function* (key: { readonly name: string }): Steps<string> {
    made += 1;
    yield 1;
    yield 2;
    return `made of ${key.name}`;
  });
  const [a, b] = [{ name: 'a' }, { name: 'b' }];
  expect([...known.inSteps(a)]).toEqual([1, 2]);
  expect([...known.inSteps(a)]).toEqual([]);
  expect([known.of(a), known.of(b), known.of(b)]).toEqual(['made of a', 'made of b', 'made of b']);
  expect(made).toBe(2);
});

it('what is made at once between two steps is what the steps come to, too', () => {
  const known = remember(function* (_: object): Steps<object> {
    yield 1;
    return {};
  });
  const key = {};
  const steps = known.inSteps(key);
  steps.next();
  const made = known.of(key);
  expect(finishSteps(steps)).toBe(made);
  expect(known.of(key)).toBe(made);
});
