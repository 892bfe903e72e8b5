import { beforeEach, describe, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../../base/testing/clock.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import { indexSources } from '../../sources/jwt/issuer.ts';
import {
  type AccountKeys,
  createAccountKeys,
  FRESH,
  READ_COOLDOWN,
  READ_FAILURE_COOLDOWN,
} from './account-keys.ts';
import type { AccountSource } from './bound-token.ts';

const AWAY = failed('Unreachable', 'the API server cannot be reached');

let clock: FakeClock;
let keys: AccountKeys;
let reads: number;
let answer: () => Outcome<AccountSource> | Promise<Outcome<AccountSource>>;

beforeEach(() => {
  clock = fakeClock();
  reads = 0;
  answer = () => ok(indexSources([]));
  keys = createAccountKeys({
    clock,
    read: async () => {
      reads += 1;
      return answer();
    },
  });
});

async function known(): Promise<AccountSource> {
  const outcome = await keys.current();
  if (outcome.kind === 'failed') throw new Error(outcome.error.message);
  return outcome.value;
}

describe('the keys', () => {
  it('are read once for all who want them, and again when a key may have been taken away', async () => {
    const [one, other] = await Promise.all([known(), known()]);
    expect([one === other, reads]).toEqual([true, 1]);
    await clock.advance(FRESH - 1);
    expect(await known()).toBe(one);
    await clock.advance(1);
    expect(await known()).not.toBe(one);
    expect(reads).toBe(2);
  });

  it('are kept while the API server is gone, which is asked again soon', async () => {
    const before = await known();
    answer = () => AWAY;
    await clock.advance(FRESH);
    for (let times = 0; times < 3; times++) expect(await known()).toBe(before);
    expect(reads).toBe(2);
    await clock.advance(READ_FAILURE_COOLDOWN);
    answer = () => ok(indexSources([]));
    expect(await known()).not.toBe(before);
  });

  it('that were never read are none, and nobody is asked again at once', async () => {
    answer = () => AWAY;
    for (let times = 0; times < 3; times++) expect(await keys.current()).toEqual(AWAY);
    expect(reads).toBe(1);
    await clock.advance(READ_FAILURE_COOLDOWN);
    answer = () => ok(indexSources([]));
    expect(await keys.current()).toMatchObject({ kind: 'ok' });
  });

  it('are read after a bug as before it', async () => {
    answer = () => Promise.reject(new Error('bug'));
    await expect(keys.current()).rejects.toThrow('bug');
    answer = () => ok(indexSources([]));
    expect(await keys.current()).toMatchObject({ kind: 'ok' });
  });
});

describe('a key that is not among them', () => {
  it('is looked for once in a while, by all at once', async () => {
    const before = await known();
    expect(keys.newerThan(before)).toBeUndefined();
    await clock.advance(READ_COOLDOWN);
    const [one, other] = await Promise.all([keys.newerThan(before), keys.newerThan(before)]);
    expect([one, reads]).toEqual([other, 2]);
    expect(one).toMatchObject({ kind: 'ok' });
    expect(keys.newerThan(await known())).toBeUndefined();
  });

  it('may have come meanwhile', async () => {
    const before = await known();
    await clock.advance(READ_COOLDOWN);
    const newer = await keys.newerThan(before);
    expect(await keys.newerThan(before)).toEqual(newer);
    expect(reads).toBe(2);
  });

  it('is waited for where keys are being read', async () => {
    const before = await known();
    await clock.advance(READ_COOLDOWN);
    const { promise, resolve } = Promise.withResolvers<Outcome<AccountSource>>();
    answer = () => promise;
    const one = keys.newerThan(before);
    const other = keys.newerThan(before);
    resolve(AWAY);
    expect([await one, await other, reads]).toEqual([AWAY, AWAY, 2]);
    // What was known stays known.
    expect(await known()).toBe(before);
  });
});
