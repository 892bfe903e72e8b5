import { beforeEach, describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../base/testing/manual-clock.ts';
import type { Get, GetOutcome, GetRequest } from './http.ts';
import { EXCHANGE, IN_ALL, KEY, PER_NAMESPACE, type Share, shareFetches } from './shares.ts';
import { page } from './testing/provider.ts';

const MIB = 1024 * 1024;

let clock: ManualClock;
/** Under way, in the order in which they began, and how each is ended. */
let begun: string[];
let ends: Map<string, (bytes?: number) => Promise<void>>;
let shareOf: (namespace: string) => Share;

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

beforeEach(() => {
  clock = manualClock();
  begun = [];
  ends = new Map();
  const get: Get = ({ url, onBytes }) => {
    const { promise, resolve } = Promise.withResolvers<GetOutcome>();
    begun.push(url);
    ends.set(url, async (bytes = 0) => {
      onBytes?.(bytes);
      resolve(page({}));
      await settle();
    });
    return promise;
  };
  shareOf = shareFetches(get, { clock });
});

const fetchIn = (namespace: string, count: number, signal = new AbortController().signal): void => {
  const { get } = shareOf(namespace);
  for (let i = 0; i < count; i++) {
    const request: GetRequest = {
      url: `${namespace}/${i}`,
      what: 'keys.jwksURI',
      timeout: 5,
      signal,
      certificateAuthorities: undefined,
    };
    void get(request);
  }
};
const end = (url: string, bytes?: number): Promise<void> => ends.get(url)?.(bytes) ?? Promise.resolve();
const countOf = (namespace: string): number => begun.filter((url) => url.startsWith(`${namespace}/`)).length;

describe('fetches', () => {
  it('of one namespace are so many at a time, and delay no other', () => {
    fetchIn('hangs', 700);
    expect(begun).toHaveLength(PER_NAMESPACE);
    fetchIn('other', 3);
    expect(countOf('other')).toBe(3);
  });

  it('are so many in all; then each namespace has its turn', async () => {
    const hostile = Array.from({ length: 10 }, (_, i) => `hangs${i}`);
    for (const namespace of hostile) fetchIn(namespace, 100);
    expect(begun).toHaveLength(IN_ALL);
    fetchIn('other', 1);
    expect(countOf('other')).toBe(0);
    for (let ended = 0; ended < hostile.length && countOf('other') === 0; ended++) {
      await end(begun[ended] ?? '');
    }
    expect(countOf('other')).toBe(1);
    expect(begun.length).toBeLessThanOrEqual(IN_ALL + hostile.length);
  });

  it('of a namespace whose provider sends much are fewer, until time has gone by', async () => {
    fetchIn('blanks', 700);
    for (let i = 0; i < 700 && i < begun.length; i++) await end(`blanks/${i}`, MIB);
    // 16 MiB are saved up, and those that ran at that moment ran on.
    expect(begun.length).toBeLessThan(16 + PER_NAMESPACE);
    fetchIn('other', 3);
    expect(countOf('other')).toBe(3);
    const before = countOf('blanks');
    clock.advance(60_000);
    await settle();
    expect(countOf('blanks')).toBeGreaterThan(before);
    expect(clock.due().length).toBeLessThanOrEqual(1);
  });

  it('that bring nothing, and keys that are imported, are work as well', async () => {
    fetchIn('fails', 700);
    for (let i = 0; i < begun.length; i++) await end(`fails/${i}`);
    expect(begun.length).toBeLessThan((16 * MIB) / EXCHANGE + PER_NAMESPACE);
    begun = [];
    shareOf('keys').imported((17 * MIB) / KEY);
    fetchIn('keys', 1);
    expect(begun).toEqual([]);
    clock.advance(1100);
    expect(begun).toContain('keys/0');
  });

  it('that are no longer wanted cost nothing', async () => {
    const stopped = new AbortController();
    fetchIn('gone', 1000, stopped.signal);
    stopped.abort();
    for (let i = 0; i < begun.length; i++) await end(`gone/${i}`);
    expect(begun).toHaveLength(1000);
  });

  it('that end like a bug leave their place', async () => {
    const failing = shareFetches(() => Promise.reject(new Error('bug')), { clock })('a');
    const request = { url: 'u', what: 'w', timeout: 5, signal: new AbortController().signal };
    for (let i = 0; i < 2 * IN_ALL; i++) {
      await expect(failing.get({ ...request, certificateAuthorities: undefined })).rejects.toThrow('bug');
    }
  });
});
