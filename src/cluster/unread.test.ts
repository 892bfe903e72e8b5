import { expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { readBinding } from './ours.ts';
import { createSharing } from './sharing.ts';
import { isUnread, readNow, readSoFar, whenRead } from './unread.ts';

const written = (spec: JsonObject): JsonObject => ({
  metadata: { namespace: 'shop', name: 'orders', uid: 'u', resourceVersion: '1', generation: 1 },
  spec,
});
const GOOD = { targetRefs: [{ kind: 'Service', name: 'orders' }], sources: [{ name: 'okta' }] };

const unread = (spec: JsonObject) => {
  const binding = readBinding(written(spec), createSharing(), undefined, () => false);
  if (binding === undefined) throw new Error('it is no binding');
  return binding;
};

it.each([
  ['typed', GOOD],
  ['refused', { sources: 'okta' }],
])('a binding that is read later is refused until then, and %s then', (kind, spec) => {
  const binding = unread(spec);
  const told: unknown[] = [];
  whenRead(binding, (whole) => told.push(whole));
  expect([binding.kind, isUnread(binding), readSoFar(binding)]).toEqual(['refused', true, binding]);
  const whole = readNow(binding);
  expect([whole.kind, isUnread(binding), readSoFar(binding) === whole]).toEqual([kind, false, true]);
  expect(told).toEqual([whole]);
  expect(readNow(binding)).toBe(whole);
  whenRead(binding, (again) => told.push(again));
  expect(told).toHaveLength(1);
});

it('another one is nothing to wait for', () => {
  const binding = readBinding(written(GOOD), createSharing());
  if (binding === undefined) throw new Error('it is no binding');
  whenRead(binding, () => expect.unreachable());
  expect([isUnread(binding), readNow(binding) === binding]).toEqual([false, true]);
});
