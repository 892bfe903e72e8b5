import { beforeEach, describe, expect, it } from 'vitest';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import type { TokenVerdict } from '../../kubernetes/reviews.ts';
import { type FakeTime, fakeTime, settle } from '../../kubernetes/testing/time.ts';
import { NOW, type TokenOptions, tokenFor, vouch } from '../testing/policy-server.ts';
import { type Authentication, createAuthentication } from './authentication.ts';
import { type Bearer, readBearer } from './bearer.ts';

const MINUTE = 60_000;
const YES = ok(vouch());
const NO: Outcome<TokenVerdict> = ok({ kind: 'unknown' });
const AWAY: Outcome<TokenVerdict> = failed('Unreachable', 'the API server cannot be reached');

let time: FakeTime;
let random: number;
let reviewed: string[];
let results: string[];
let answer: (token: string) => Outcome<TokenVerdict> | Promise<Outcome<TokenVerdict>>;
let authentication: Authentication;

beforeEach(() => {
  time = fakeTime(NOW);
  random = 0;
  reviewed = [];
  results = [];
  answer = () => YES;
  authentication = createAuthentication({
    time,
    random: () => random,
    onReview: (result) => void results.push(result),
    review: async (token) => {
      reviewed.push(token);
      return answer(token);
    },
  });
});

function bearer(options?: TokenOptions): Bearer {
  const read = readBearer(`Bearer ${tokenFor(options)}`);
  if (read === undefined) throw new Error('no token');
  return read;
}

const check = async (options?: TokenOptions) => (await authentication.check(bearer(options))).kind;

/** Whether a verdict is remembered for exactly so long. */
async function expectRemembered(milliseconds: number): Promise<void> {
  await check();
  await time.advance(milliseconds - 1);
  await check();
  expect(reviewed).toHaveLength(1);
  await time.advance(1);
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
    await time.advance(MINUTE - 1);
    await check(token);
    expect(reviewed).toHaveLength(1);
    answer = () => NO;
    await time.advance(1);
    expect(await check(token)).toBe('stranger');
  });

  it('ends with the token where the clock is set on, too', async () => {
    await check();
    time.jump(3600_000);
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

  it('are asked 32 at a time, and so many wait', async () => {
    const { promise, resolve } = Promise.withResolvers<Outcome<TokenVerdict>>();
    answer = () => promise;
    const checks = Array.from({ length: 32 + 4096 }, (_, i) => check({ id: `${i}` }));
    await settle();
    expect(reviewed).toHaveLength(32);
    expect(await check({ id: 'too many' })).toBe('unavailable');
    resolve(YES);
    expect(new Set(await Promise.all(checks))).toEqual(new Set(['pod']));
    expect(await check({ id: 'again' })).toBe('pod');
  });

  it('that fail like a bug leave their place to others', async () => {
    answer = () => Promise.reject(new Error('bug'));
    for (let i = 0; i < 40; i++) await expect(check()).rejects.toThrow('bug');
    answer = () => YES;
    expect(await check()).toBe('pod');
  });
});
