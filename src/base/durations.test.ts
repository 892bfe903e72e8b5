import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './durations.ts';

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['30s', 30],
    ['10m', 600],
    ['24h', 86_400],
    ['1h30m', 5400],
    ['1h1m1s1ms', 3661.001],
    ['500ms', 0.5],
    ['1s500ms', 1.5],
    ['99999h', 359_996_400],
    ['5s5s', 10],
  ])('reads %s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each([
    '',
    '10',
    's',
    '1d',
    '-1s',
    '+1s',
    '1.5s',
    ' 1s',
    '1s ',
    '1s\n',
    '1 s',
    '100000s',
    '1s1s1s1s1s',
    '1S',
    '１s',
    '1us',
    'ms',
    '1hm',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('never throws, and never says NaN or less than nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^([0-9]{1,5}(h|m|s|ms)){1,4}$/)), (text) => {
        const seconds = parseDuration(text);
        expect(seconds === undefined || (Number.isFinite(seconds) && seconds >= 0)).toBe(true);
      }),
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [30, '30s'],
    [90, '1m30s'],
    [600, '10m'],
    [86_400, '24h'],
    [0.5, '500ms'],
    [3661.001, '1h1m1s1ms'],
    [0.0001, '0s'],
  ])('writes %d', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('writes what parseDuration reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999 * 3_600_000 }), (milliseconds) => {
        const text = formatDuration(milliseconds / 1000);
        expect(parseDuration(text)).toBe(milliseconds / 1000);
      }),
    );
  });
});
