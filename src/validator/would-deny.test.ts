import { beforeEach, expect, it } from 'vitest';
import { bindingPolicy, policyUpdate } from '../../test/support/policy.ts';
import type { BindingPolicy, Policy } from '../policy/policy.ts';
import { HIGHEST_COUNT, MOST_COUNTS } from '../policy/would-deny.ts';
import { createWouldDeny, REPORT_INTERVAL, RETELL_INTERVAL, type WouldDeny } from './would-deny.ts';

const audit = (id: string, revision: string | null = 'u/1'): BindingPolicy => {
  const binding = bindingPolicy({}, { id, mode: 'Audit' });
  return revision === null ? binding : { ...binding, revision };
};
const policyOf = (bindings: readonly BindingPolicy[], trials?: readonly BindingPolicy[]): Policy => {
  const { policy } = policyUpdate(bindings);
  const version = [...bindings, ...(trials ?? [])].map(({ id, revision }) => `${id}-${revision}`).join();
  return { ...policy, version, ...(trials !== undefined && { trials }) };
};

let now: number;
let counts: WouldDeny;
beforeEach(() => {
  now = 7;
  counts = createWouldDeny({ process: 'p', monotonic: () => now });
});

/** Puts it in force, with a leader who answers. */
function enforce(policy: Policy): string {
  counts.enforced(policy);
  counts.answered(true);
  return policy.version;
}
const note = (binding: string, times = 1) => {
  for (let i = 0; i < times; i++) counts.note(binding);
};
const told = (version: string | undefined) =>
  counts
    .next(version)
    ?.counts.map(({ place, count, told }) => `${place}=${count}/${told}`)
    .join();

it('tells of each binding by its place, Trials after those that decide', () => {
  const version = enforce(policyOf([bindingPolicy(), audit('shop/a')], [audit('shop/next')]));
  note('shop/a', 2);
  note('shop/next');
  expect(counts.next(version)).toEqual({
    process: 'p',
    counts: [
      { place: 1, count: 2, told: 0 },
      { place: 2, count: 1, told: 0 },
    ],
  });
});

it('tells once a minute, and only what has changed', () => {
  const version = enforce(policyOf([audit('shop/a'), audit('shop/b')]));
  expect(told(version)).toBeUndefined();
  note('shop/a');
  expect(told(version)).toBe('0=1/0');
  note('shop/b', 2);
  expect(told(version)).toBeUndefined();
  now += REPORT_INTERVAL;
  expect(told(version)).toBe('1=2/0');
  note('shop/b');
  now += REPORT_INTERVAL;
  expect(told(version)).toBe('1=3/2');
  now += REPORT_INTERVAL;
  expect(told(version)).toBeUndefined();
});

it('tells the rest of much with the next polls', () => {
  const ids = Array.from({ length: 2 * MOST_COUNTS + 1 }, (_, i) => `shop/b${i}`);
  const version = enforce(policyOf(ids.map((id) => audit(id))));
  for (const id of ids) note(id);
  const first = told(version)?.split(',') ?? [];
  expect(first).toHaveLength(MOST_COUNTS);
  expect(told(version)?.split(',')).toHaveLength(MOST_COUNTS);
  expect(told(version)).toBe(`${2 * MOST_COUNTS}=1/0`);
  expect(told(version)).toBeUndefined();
});

it('counts nothing of bindings without a revision, and of those that it does not have', () => {
  const version = enforce(policyOf([audit('shop/a', null)]));
  for (const id of ['shop/a', 'shop/b', 'constructor']) note(id);
  expect(told(version)).toBeUndefined();
});

it('counts anew where the revision is another one, and goes on where it is not', () => {
  enforce(policyOf([audit('shop/a'), audit('shop/b')]));
  note('shop/a', 3);
  note('shop/b', 3);
  const version = enforce(policyOf([audit('shop/b'), audit('shop/a', 'u/2')]));
  note('shop/a');
  expect(told(version)).toBe('0=3/0,1=1/0');
});

it('tells nothing of a policy that the question does not acknowledge', () => {
  const version = enforce(policyOf([audit('shop/a')]));
  note('shop/a');
  expect(told(undefined)).toBeUndefined();
  expect(told('another')).toBeUndefined();
  expect(told(version)).toBe('0=1/0');
});

it('tells nothing before a leader has answered, and all again after one was lost', () => {
  const policy = policyOf([audit('shop/a')]);
  counts.enforced(policy);
  note('shop/a', 2);
  expect(told(policy.version)).toBeUndefined();
  counts.answered(true);
  expect(told(policy.version)).toBe('0=2/0');
  counts.answered(false);
  now += REPORT_INTERVAL;
  expect(told(policy.version)).toBeUndefined();
  counts.answered(true);
  expect(told(policy.version)).toBe('0=2/2');
});

it('tells all again when the policy is another one, and now and then', () => {
  enforce(policyOf([audit('shop/a')]));
  note('shop/a');
  told('shop/a-u/1');
  const version = enforce(policyOf([audit('shop/a'), audit('shop/b')]));
  now += REPORT_INTERVAL;
  expect(told(version)).toBe('0=1/1');
  now += RETELL_INTERVAL - REPORT_INTERVAL;
  expect(told(version)).toBe('0=1/1');
});

it('keeps a count when the same policy comes again, and stops before it cannot be written', () => {
  const policy = policyOf([audit('shop/a')]);
  enforce(policy);
  note('shop/a');
  expect(told(enforce(policy))).toBe('0=1/0');
  expect(HIGHEST_COUNT).toBeLessThan(Number.MAX_SAFE_INTEGER);
});
