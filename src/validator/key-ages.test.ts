import { expect, it } from 'vitest';
import { bindingPolicy, policyUpdate, sourcePolicy } from '../../test/support/policy.ts';
import { createKeyAges } from './key-ages.ts';

it('grow from the last good fetch, or from the first sight of keys that were never fetched', () => {
  let now = 1000;
  const { enforced, ages } = createKeyAges(() => now);
  expect(ages()).toEqual([]);
  const sources = [
    sourcePolicy({ id: 'shop/read', uid: 'read', maxStale: 60 }),
    sourcePolicy({ id: 'shop/never', uid: 'never', maxStale: 60, keys: { kind: 'unavailable' } }),
    sourcePolicy({ id: 'shop/inline', uid: 'inline' }),
  ];
  const base = policyUpdate([bindingPolicy()]);
  const update = {
    ...base,
    policy: { ...base.policy, sources },
    keysChecked: new Map([['read', 900]]),
  };
  enforced(update);
  now = 1500;
  // Once more, as when keys of another source were checked.
  enforced(update);
  expect(ages()).toEqual([
    ['shop/read', 600],
    ['shop/never', 500],
  ]);
  enforced({ ...update, policy: { ...base.policy, sources: [] } });
  enforced(update);
  expect(ages()[1]).toEqual(['shop/never', 0]);
});
