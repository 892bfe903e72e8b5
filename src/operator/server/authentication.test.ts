import { beforeEach, describe, expect, it } from 'vitest';
import { type FakeClock, fakeClock, settle } from '../../base/testing/clock.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import type { TokenVerdict } from '../../kubernetes/token-review.ts';
import { NOW, type TokenOptions, tokenFor, vouch } from '../testing/policy-server.ts';
import { type Authentication, createAuthentication } from './authentication.ts';
import { type Bearer, readBearer } from './caller.ts';
import type { TokenReviewer } from './review.ts';

const MINUTE = 60_000;
const YES = ok(vouch());
const NO: Outcome<TokenVerdict> = ok({ kind: 'unknown' });
const AWAY: Outcome<TokenVerdict> = failed('Unreachable', 'the API server cannot be reached');

let clock: FakeClock;
let random: number;
let reviewed: string[];
let results: string[];
let answer: (token: string) => Outcome<TokenVerdict> | Promise<Outcome<TokenVerdict>>;
let prove: (
  token: string,
) => ReturnType<TokenReviewer['prove']> | Awaited<ReturnType<TokenReviewer['prove']>>;
let authentication: Authentication;

beforeEach(() => {
  clock = fakeClock(NOW);
  random = 0;
  reviewed = [];
  results = [];
  answer = () => YES;
  prove = () => 'ask';
  authentication = createAuthentication({
    clock,
    random: () => random,
    onReview: (result) => void results.push(result),
    judge: {
      prove: async (token) => prove(token),
      review: async (token) => {
        reviewed.push(token);
        return answer(token);
      },
    },
  });
});

function bearer(options?: TokenOptions): Bearer {
  const read = readBearer(`Bearer ${tokenFor(options)}`);
  if (read === undefined) throw new Error('no token');
  return read;
}

const check = async (options?: TokenOptions, address = '10.0.0.1') =>
  (await authentication.check(bearer(options), address)).kind;

/** Whether a verdict is remembered for exactly so long. */
async function expectRemembered(milliseconds: number): Promise<void> {
  await check();
  await clock.advance(milliseconds - 1);
  await check();
  expect(reviewed).toHaveLength(1);
  await clock.advance(1);
  await check();
  expect(reviewed).toHaveLength(2);
}

describe('a verdict', () => {
  it('on a pod is remembered for five minutes', async () => {
    await expectRemembered(5 * MINUTE);
    expect(results).toEqual(['pod', 'pod']);
  });

  it('on another is remembered for up to a minute less, so that not all come at once', async () => {
    random = 1;
    await expectRemembered(4 * MINUTE);
  });

  it('ends with the token', async () => {
    const token = { expires: NOW / 1000 + 60 };
    await check(token);
    await clock.advance(MINUTE - 1);
    await check(token);
    expect(reviewed).toHaveLength(1);
    answer = () => NO;
    await clock.advance(1);
    expect(await check(token)).toBe('stranger');
  });

  it('ends with the token where the clock is set on, too', async () => {
    await check();
    clock.jump(3600_000);
    answer = () => NO;
    expect(await check()).toBe('stranger');
  });

  it('on a stranger is remembered for ten seconds', async () => {
    answer = () => NO;
    await expectRemembered(10_000);
  });

  it('that could not be had is asked for again after a second', async () => {
    answer = () => AWAY;
    await expectRemembered(1000);
    expect(results).toEqual(['failed', 'failed']);
  });

  it('is of one token alone', async () => {
    expect(await check()).toBe('pod');
    answer = () => NO;
    expect(await check({ id: 'other' })).toBe('stranger');
    expect(await check()).toBe('pod');
  });

  it('on a pod is not pushed out by strangers', async () => {
    await check();
    answer = () => NO;
    for (let i = 0; i < 5000; i++) await check({ id: `${i}` });
    expect(reviewed).toHaveLength(5001);
    expect(await check()).toBe('pod');
    expect(reviewed).toHaveLength(5001);
    // The first of the strangers has been forgotten.
    await check({ id: '0' });
    expect(reviewed).toHaveLength(5002);
  });
});

describe('questions to the API server', () => {
  it('are asked once for those that come meanwhile', async () => {
    const verdicts = await Promise.all([check(), check(), check()]);
    expect(verdicts).toEqual(['pod', 'pod', 'pod']);
    expect(reviewed).toHaveLength(1);
  });

  it('are asked 32 at a time, and many wait', async () => {
    const { promise, resolve } = Promise.withResolvers<Outcome<TokenVerdict>>();
    answer = () => promise;
    const checks = Array.from({ length: 100 }, (_, i) => check({ pod: `shop/${i}` }));
    await settle();
    expect(reviewed).toHaveLength(32);
    resolve(YES);
    expect(new Set(await Promise.all(checks))).toEqual(new Set(['pod']));
  });

  it('are asked two at a time for tokens that say they are of one pod, and few of those wait', async () => {
    const { promise, resolve } = Promise.withResolvers<Outcome<TokenVerdict>>();
    answer = () => promise;
    const flood = Array.from({ length: 300 }, (_, i) => check({ id: `${i}` }));
    const honest = check({ id: 'honest' }, '10.0.0.2');
    await settle();
    expect(reviewed).toHaveLength(2);
    expect(await check({ id: 'one more' })).toBe('unavailable');
    resolve(YES);
    expect(await honest).toBe('pod');
    const verdicts = await Promise.all(flood);
    expect(verdicts.filter((verdict) => verdict === 'pod')).toHaveLength(10);
  });

  it('of others are not held up by tokens that say they are of one pod', async () => {
    const { promise, resolve } = Promise.withResolvers<Outcome<TokenVerdict>>();
    answer = (token) => (reviewed.indexOf(token) < 2 ? promise : YES);
    const flood = Array.from({ length: 300 }, (_, i) => check({ id: `${i}` }));
    await settle();
    expect(await check({ pod: 'shop/b' })).toBe('pod');
    resolve(NO);
    await Promise.all(flood);
  });

  it('are not asked about what the published keys have refused, or vouch for by themselves', async () => {
    prove = () => NO;
    for (let i = 0; i < 300; i++) expect(await check({ id: `${i}` })).toBe('stranger');
    prove = () => YES;
    expect(await check({ id: 'good' })).toBe('pod');
    prove = () => AWAY;
    expect(await check({ id: 'unsure' })).toBe('unavailable');
    prove = () => 'busy';
    expect(await check({ id: 'late' })).toBe('unavailable');
    expect(reviewed).toEqual([]);
  });

  it('that fail like a bug leave their place to others', async () => {
    answer = () => Promise.reject(new Error('bug'));
    for (let i = 0; i < 40; i++) await expect(check()).rejects.toThrow('bug');
    answer = () => YES;
    expect(await check()).toBe('pod');
  });
});
