import { describe, expect, it } from 'vitest';
import { asJwt } from '../../../test/support/policy.ts';
import type { JwtPolicy } from '../../sources/jwt/policy.ts';
import { fetched, hmac, key, MAX_STALE, policyOf, UNAVAILABLE } from '../testing/policies.ts';
import { type HeldPolicy, hold, keepKeys, recheckKeys } from './held.ts';

const NOW = 1_800_000_000;
const UID = 'uid-okta';

function held(
  sources: readonly JwtPolicy[],
  checked: Readonly<Record<string, number>> = {},
  before?: HeldPolicy,
  now = NOW,
): HeldPolicy {
  const keysChecked = new Map(Object.entries(checked));
  return hold({ policy: policyOf('a', sources), secrets: new Map(), keysChecked }, before, now);
}

const checkedAt = ({ keysChecked }: HeldPolicy): Readonly<Record<string, number>> =>
  Object.fromEntries(keysChecked);

describe('keys that the leader has not got yet', () => {
  const before = held([fetched()], { [UID]: NOW - 60 });

  it('are those from before, of the time when they were checked', () => {
    const after = held([fetched(UNAVAILABLE)], {}, before);
    expect(after.policy.sources).toEqual([fetched()]);
    expect(after.policy.version).toBe(policyOf('a', [fetched(UNAVAILABLE)]).version);
    expect(checkedAt(after)).toEqual({ [UID]: NOW - 60 });
    expect([...after.kept]).toEqual([UID]);
  });

  it('stay the same through several policies, and go when the leader has them', () => {
    const twice = held([fetched(UNAVAILABLE)], {}, held([fetched(UNAVAILABLE)], {}, before));
    expect(twice.policy.sources[0]).toBe(before.policy.sources[0]);
    const sent = fetched({ keys: { kind: 'public', keys: [key('new')] } });
    const after = held([sent], { [UID]: NOW - 10 }, twice);
    expect([after.policy.sources, checkedAt(after), after.kept.size]).toEqual([
      [sent],
      { [UID]: NOW - 10 },
      0,
    ]);
  });

  const { maxStale: _, ...notFetched } = fetched(UNAVAILABLE);
  it.each<[string, JwtPolicy]>([
    ['another source', fetched({ ...UNAVAILABLE, uid: 'other' })],
    ['another revision', fetched({ ...UNAVAILABLE, revision: '2' })],
    ['a source that fetches none', notFetched],
  ])('are not those of %s', (_, source) => {
    expect(keepKeys([source], before, NOW)).toEqual({ sources: [source], kept: new Set() });
  });

  it('are never an HMAC secret', () => {
    const withSecret = held([hmac({ maxStale: MAX_STALE })], { 'uid-hmac': NOW });
    const source = hmac({ maxStale: MAX_STALE, ...UNAVAILABLE });
    const known = { policy: withSecret.policy, keysChecked: new Map([['uid-hmac', NOW]]) };
    expect(keepKeys([source], known, NOW).sources).toEqual([source]);
  });

  it.each([
    [MAX_STALE, 'public'],
    [MAX_STALE + 1, 'unavailable'],
  ])('%d s after they were checked are %s', (age, kind) => {
    const after = held([fetched(UNAVAILABLE)], {}, before, NOW - 60 + age);
    expect(after.policy.sources[0]?.keys?.kind).toBe(kind);
  });

  it('were never there', () => {
    expect(held([fetched(UNAVAILABLE)]).policy.sources).toEqual([fetched(UNAVAILABLE)]);
    expect(held([fetched(UNAVAILABLE)], {}, held([fetched()])).kept.size).toBe(0);
  });

  it('are no fresher for what the leader says of keys that it has not sent', () => {
    const after = held([fetched(UNAVAILABLE)], { [UID]: NOW }, before);
    expect(checkedAt(after)).toEqual({ [UID]: NOW - 60 });
    expect(recheckKeys(after, new Map([[UID, NOW]]), NOW)).toBe(after);
  });
});

describe('the time when keys were checked', () => {
  const before = held([fetched()], { [UID]: NOW - 60 });

  it.each([
    ['a later one counts', NOW - 10, NOW - 10],
    ['a new leader may know only an earlier one', NOW - 600, NOW - 60],
    ['one in the future is now', NOW + 600, NOW],
  ])('%s', (_, said, counts) => {
    expect(checkedAt(held([fetched()], { [UID]: said }, before))).toEqual({ [UID]: counts });
    expect(checkedAt(recheckKeys(before, new Map([[UID, said]]), NOW))).toEqual({ [UID]: counts });
  });

  it('of other keys counts for nothing', () => {
    const other = fetched({ keys: { kind: 'public', keys: [key('old')] } });
    expect(checkedAt(held([other], { [UID]: NOW - 600 }, before))).toEqual({ [UID]: NOW - 600 });
    expect(checkedAt(held([other], {}, before))).toEqual({});
  });

  it('is there for fetched keys of the policy alone', () => {
    const { maxStale, ...inline } = fetched({ uid: 'inline' });
    const known = held([fetched(), inline], { [UID]: NOW, inline: NOW, other: NOW });
    expect([maxStale, checkedAt(known)]).toEqual([MAX_STALE, { [UID]: NOW }]);
  });

  it('that says nothing new changes nothing', () => {
    expect(recheckKeys(before, new Map(), NOW)).toBe(before);
    expect(recheckKeys(before, new Map([[UID, NOW - 60]]), NOW)).toBe(before);
    expect(recheckKeys(before, new Map([[UID, NOW]]), NOW).policy).toBe(before.policy);
  });
});

it('parts that did not change are the very objects of before', () => {
  const before = held([fetched(), hmac()]);
  const after = held([fetched(), hmac({ audiences: ['x'] })], {}, before);
  expect(after.policy.sources[0]).toBe(before.policy.sources[0]);
  expect(after.policy.sources[1]).not.toBe(before.policy.sources[1]);
  expect(asJwt(after.policy.sources[1]).audiences).toEqual(['x']);
});
