/** Expressions made to run for ever, or to make what no memory holds: each ends, counted in steps and bytes. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { EVALUATION_LIMITS, Evaluation } from './evaluation.ts';
import { HOSTILE, measure, OVER_BYTES, OVER_STEPS } from './testing/hostile.ts';

describe('too long, too many: whatever reads it is in error, even beside something true', () => {
  it.each([
    ['claims.longer == user', 'a string is longer than 8192 bytes'],
    ['claims.longer == user || true', 'a string is longer than 8192 bytes'],
    ['claims.wider == user', 'a string is longer than 8192 bytes'],
    ["claims.longList.exists(r, r == 'r0')", 'a list or map has more than 4096 members'],
    ["'r0' in claims.longList", 'a list or map has more than 4096 members'],
    ['claims.long + user == user', 'a string is longer than 8192 bytes'],
    ["claims.long.replace('a', 'aa') == user", 'a string is longer than 8192 bytes'],
    ["claims.long.replace('', 'b') == user", 'a string is longer than 8192 bytes'],
    ['claims.list.join() == user', 'a string is longer than 8192 bytes'],
    ["claims.long.split('') == []", 'a list or map has more than 4096 members'],
    ["claims.long.split('', 5000).size() == 5000", 'a list or map has more than 4096 members'],
    ['(roles + scopes).size() > 1', 'a list or map has more than 4096 members'],
    ["'%s'.format([claims.list]) == user", 'a string is longer than 8192 bytes'],
    ["'%s'.format([claims.map]) == user", 'a string is longer than 8192 bytes'],
    ["'%x'.format([claims.long]) == user", 'a string is longer than 8192 bytes'],
    ["'%s'.format([claims.deep]) == user", 'values nested over 32 deep were formatted'],
    ['strings.quote(claims.long) == user', 'a string is longer than 8192 bytes'],
    ['claims.deep == claims.twinDeep', 'values nested over 32 deep were compared'],
    ['claims.deep in [claims.twinDeep]', 'values nested over 32 deep were compared'],
  ])('%s', (text, problem) => {
    expect(measure(text).result).toBe(problem);
  });

  it.each([
    'claims.long == claims.twin',
    'claims.wide.size() == 2048',
    "claims.list.exists(r, r == 'r0') && 'r4095' in claims.list",
    'claims.surrogates.size() > 1 && claims.surrogates == claims.surrogates',
    "!claims.surrogates.matches('[a-z]')",
    'true || claims.longer == user',
  ])('%s, just within the bounds', (text) => {
    expect(measure(text).result).toBe(true);
  });
});

/** The same values, and how often anything in them was read: a measure that the budget itself has no part in. */
function counting(object: JsonObject, reads: { count: number }): JsonObject {
  const wrap = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? new Proxy(value, handler) : value;
  const handler: ProxyHandler<object> = {
    get(target, name) {
      reads.count += 1;
      return wrap(Reflect.get(target, name));
    },
    ownKeys(target) {
      const keys = Reflect.ownKeys(target);
      reads.count += keys.length / EVALUATION_LIMITS.keysPerStep;
      return keys;
    },
  };
  return new Proxy<JsonObject>(object, handler);
}

describe('too costly: the budget ends it, even beside something true', () => {
  it.each([
    ['roles.all(r, r in claims.list || true)', OVER_STEPS],
    ['claims.ints.map(i, i * 2).filter(i, i > 3).map(i, i + 1).all(i, i > 0)', OVER_STEPS],
    ['roles.all(r, size(claims.map) > 0)', OVER_STEPS],
    ["claims.list.all(r, !r.matches('^r.*(0|1|2)+x$'))", OVER_STEPS],
    ["claims.list.exists(r, r.matches('([a-z]?){40}[a-z]{40}'))", OVER_STEPS],
    ["claims.long.matches('b(a|b)*a(a|b){12}$') || true", OVER_STEPS],
    ['roles.map(r, claims.list) == roles.map(r, claims.list)', OVER_STEPS],
    ['claims.map.all(k, k in roles && claims.map[k] in roles)', OVER_STEPS],
    ["claims.list.all(r, '%f'.format([1.5]) != r)", OVER_STEPS],
    ["roles.all(r, '%s%s%s%s'.format([claims.half, r, r, r]) != user)", OVER_BYTES],
    ['roles.all(r, claims.long == claims.twin)', OVER_BYTES],
    ['roles.all(r, claims.long != claims.twin || true)', OVER_BYTES],
    ['roles.exists(r, claims.long < claims.twin)', OVER_BYTES],
    ['claims.long.contains(claims.middle)', OVER_BYTES],
    ["claims.long.contains('b' + claims.half)", OVER_BYTES],
    ['claims.long.lastIndexOf(claims.middle) == 1', OVER_BYTES],
    ["roles.all(r, ''.lastIndexOf(claims.long) == -1 && claims.long == claims.twin)", OVER_BYTES],
    ["claims.ints.all(i, '%d%d%d%d'.format([i, i, i, i]) != user)", OVER_STEPS],
    ["claims.list.all(r, '%e'.format([1.5]) != r)", OVER_STEPS],
    ['claims.long.indexOf(claims.middle) == 1', OVER_BYTES],
    ['claims.long.split(claims.middle).size() == 1', OVER_BYTES],
    ['claims.long.replace(claims.middle, user) == user', OVER_BYTES],
    ["roles.exists(r, claims.long.contains('aaaaaaaab'))", OVER_BYTES],
    ["roles.exists(r, claims.long.endsWith('b' + claims.half))", OVER_BYTES],
    ['roles.exists(r, claims.wide.size() == 1)', OVER_BYTES],
    ["roles.exists(r, claims.wide.charAt(2000) == 'x')", OVER_BYTES],
    ["roles.exists(r, claims.wide.substring(1, 2000) == 'x')", OVER_BYTES],
    ["roles.exists(r, claims.spaces.trim() == 'y')", OVER_BYTES],
    ["roles.exists(r, claims.long.upperAscii() == 'x')", OVER_BYTES],
    ["roles.map(r, claims.long.split('b')).size() == 1", OVER_BYTES],
    ["roles.map(r, claims.long + '').size() == 4096", OVER_BYTES],
    ["roles.map(r, claims.long.replace('b', 'c')).size() == 4096", OVER_BYTES],
    ['roles.all(r, double(claims.digits) > 0.0 || true)', OVER_BYTES],
    ['claims.strings.exists(s, s == claims.half)', OVER_BYTES],
  ])('%s', (text, problem) => {
    const reads = { count: 0 };
    expect(measure(text, counting(HOSTILE, reads)).result).toBe(problem);
    expect(reads.count).toBeGreaterThan(0);
    expect(reads.count).toBeLessThan(4 * EVALUATION_LIMITS.steps);
  });

  it('nothing is evaluated after the budget has ended it', () => {
    const evaluation = new Evaluation();
    expect(() => evaluation.steps(EVALUATION_LIMITS.steps + 1)).toThrow();
    expect(() => evaluation.steps(0)).toThrow();
  });

  it.each([
    "''.lastIndexOf(claims.long) == -1",
    'user.lastIndexOf(claims.long) == -1',
    'user.indexOf(claims.long) == -1',
    '!user.contains(claims.long)',
    "user.replace(claims.long, '') == user",
    "claims.long.replace('a', '') == ''",
  ])('%s gives nothing back', (text) => {
    const { result, evaluation } = measure(text);
    expect(result).toBe(true);
    expect(evaluation.bytesSpent).toBeGreaterThanOrEqual(0);
  });

  it('a refund is a bug, and ends the evaluation', () => {
    expect(() => new Evaluation().bytes(-1)).toThrow();
    expect(() => new Evaluation().steps(-1)).toThrow();
  });

  it('what replaced a string by itself, and never returned, costs its size', () => {
    const { result, evaluation } = measure('claims.long.replace(claims.long, claims.twin) == claims.twin');
    expect(result).toBe(true);
    expect(evaluation.bytesSpent).toBeLessThan(16 * EVALUATION_LIMITS.string);
  });
});
