import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResponseHeaders } from './exchange.ts';
import { fetchRetryDelay, refreshDelay } from './freshness.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const plan = { refreshInterval: 600, retryInterval: 10, maxStale: 4 * 86_400 };
const date = (seconds: number) => new Date(now + seconds * 1000).toUTCString();

/** In seconds. */
const refreshAfter = (headers: ResponseHeaders, changes: Partial<typeof plan> = {}) =>
  refreshDelay({ ...plan, ...changes }, headers, now) / 1000;

const cached = (value: string) => ({ 'cache-control': value });

describe('after a good fetch', () => {
  it.each<[string, ResponseHeaders, number]>([
    ['nothing is said', {}, 600],
    ['max-age', cached('max-age=900'), 900],
    ['max-age among others', cached('public, max-age=900, must-revalidate'), 900],
    ['max-age in capitals', cached('Public, Max-Age=900'), 900],
    ['max-age in quotes', cached('max-age="900"'), 900],
    ['max-age within the quotes of another', cached('private="a, max-age=5", max-age=900'), 900],
    ['the first of two', cached('max-age=900, max-age=5'), 900],
    ['a lifetime under a minute', cached('max-age=5'), 60],
    ['a lifetime over a day', cached('max-age=31536000'), 86_400],
    ['a lifetime that overflows', cached('max-age=99999999999999'), 86_400],
    ['a lifetime of more digits than a number has', cached(`max-age=${'9'.repeat(400)}`), 86_400],
    ['one of such an age', { ...cached(`max-age=${'9'.repeat(400)}`), age: '9'.repeat(400) }, 60],
    ['no lifetime', cached('max-age=0'), 60],
    ['no-cache', cached('no-cache'), 60],
    ['no-store, whatever else', cached('max-age=900, no-store'), 60],
    ['no-cache for one header', cached('no-cache="set-cookie", max-age=900'), 900],
    ['a shared cache is none of ours', cached('s-maxage=5'), 600],
    ['nonsense', cached('max-age=soon'), 600],
    ['a negative lifetime', cached('max-age=-5'), 600],
    ['another word with the same end', cached('x-max-age=5'), 600],
    ['some of it already gone', { ...cached('max-age=900'), age: '300' }, 600],
    ['all of it already gone', { ...cached('max-age=900'), age: '1000' }, 60],
    ['an age that is none', { ...cached('max-age=900'), age: 'x' }, 900],
    ['Expires by the clock of the provider', { date: date(5000), expires: date(5900) }, 900],
    ['Expires by our clock', { expires: date(900) }, 900],
    ['Expires in the past', { expires: date(-900) }, 60],
    ['Expires: 0', { expires: '0' }, 60],
    ['Expires with an age', { expires: date(900), age: '300' }, 600],
    ['max-age before Expires', { ...cached('max-age=900'), expires: '0' }, 900],
    ['no-cache before Expires', { ...cached('no-cache'), expires: date(900) }, 60],
  ])('%s', (_what, headers, seconds) => expect(refreshAfter(headers)).toBe(seconds));

  it.each<[string, ResponseHeaders, Partial<typeof plan>, number]>([
    ['an interval under a minute stays', {}, { refreshInterval: 20 }, 20],
    ['an interval under a minute is not lengthened to one', cached('no-cache'), { refreshInterval: 20 }, 20],
    ['an interval over a day stays', {}, { refreshInterval: 172_800 }, 172_800],
    ['half of maxStale is left for retries', {}, { maxStale: 600 }, 300],
    ['half of maxStale is left, whatever the headers say', cached('max-age=86400'), { maxStale: 7200 }, 3600],
    ['no interval is a storm', {}, { refreshInterval: 0.001 }, 0.1],
    ['no interval is more than a timer takes', {}, { refreshInterval: 1e9, maxStale: 1e10 }, 2_147_483.647],
  ])('%s', (_what, headers, changes, seconds) => expect(refreshAfter(headers, changes)).toBe(seconds));

  it('any headers at all give a time within the bounds', () => {
    const header = fc.option(fc.oneof(fc.string(), fc.constantFrom('max-age=1', 'no-store', '0', date(50))), {
      nil: undefined,
    });
    fc.assert(
      fc.property(header, header, header, header, (cacheControl, age, expires, sent) => {
        const given = { 'cache-control': cacheControl, age, expires, date: sent };
        const headers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
        const seconds = refreshAfter(headers);
        expect(seconds).toBeGreaterThanOrEqual(60);
        expect(seconds).toBeLessThanOrEqual(86_400);
      }),
    );
  });

  it('a lifetime is kept to the second between a minute and a day', () => {
    fc.assert(
      fc.property(fc.nat({ max: 200_000 }), fc.nat({ max: 1000 }), (maxAge, age) => {
        const expected = Math.min(Math.max(maxAge - age, 60), 86_400);
        expect(refreshAfter({ ...cached(`max-age=${maxAge}`), age: String(age) })).toBe(expected);
      }),
    );
  });
});

describe('after failed fetches', () => {
  const delayAfter = (failures: number, random: number) => fetchRetryDelay(plan, failures, random) / 1000;

  it('the time doubles up to refreshInterval', () => {
    expect([1, 2, 3, 6, 7, 8, 5000].map((failures) => delayAfter(failures, 0))).toEqual([
      10, 20, 40, 320, 600, 600, 600,
    ]);
  });

  it('jitter takes up to half of it away', () => {
    expect([0, 0.5, 1].map((random) => delayAfter(1, random))).toEqual([10, 7.5, 5]);
  });

  it('retryInterval never outlasts refreshInterval or half of maxStale', () => {
    expect(fetchRetryDelay({ ...plan, retryInterval: 9000 }, 1, 0)).toBe(600_000);
    expect(fetchRetryDelay({ ...plan, maxStale: 60 }, 9, 0)).toBe(30_000);
  });

  it('any number of failures gives a time within the bounds, and none that is shorter for more failures', () => {
    const positive = fc.double({ min: 0.001, max: 1e9, noNaN: true });
    const plans = fc.record({ refreshInterval: positive, retryInterval: positive, maxStale: positive });
    fc.assert(
      fc.property(
        plans,
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (some, n, r) => {
          const delay = fetchRetryDelay(some, n, r);
          expect(delay).toBeGreaterThanOrEqual(100);
          expect(delay).toBeLessThanOrEqual(
            Math.max(100, Math.min(some.refreshInterval * 1000 + 1, 2 ** 31 - 1)),
          );
          expect(fetchRetryDelay(some, n + 1, r)).toBeGreaterThanOrEqual(delay);
        },
      ),
    );
  });
});
