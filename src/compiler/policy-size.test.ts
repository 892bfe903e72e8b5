import { describe, expect, test } from 'vitest';
import { COMPILE_LIMITS } from '../matching/allowance.ts';
import { type SizedBinding, withoutRoom } from './policy-size.ts';

const MOST = COMPILE_LIMITS.policy;
const binding = (id: string, taken: number, ...sources: readonly (readonly [string, number])[]) => ({
  ...{ id, taken },
  sources: sources.map(([name, size]) => ({ id: name, taken: size })),
});
const refused = (...bindings: readonly SizedBinding[]) => [...withoutRoom(bindings)];

describe('the bindings of one policy', () => {
  test('have room up to the bound, and not past it', () => {
    expect(refused(binding('a', MOST - 1), binding('b', 1))).toEqual([]);
    expect(refused(binding('a', MOST - 1), binding('b', 2))).toEqual(['b']);
  });

  test('of which one finds no room leave it to those after it', () => {
    expect(refused(binding('a', MOST - 5), binding('b', 6), binding('c', 5))).toEqual(['b']);
  });

  test('bring their sources along, each once', () => {
    const okta = ['okta', MOST - 20] as const;
    expect(refused(binding('a', 10, okta), binding('b', 10, okta))).toEqual([]);
    expect(refused(binding('a', 10, okta), binding('b', 11, okta))).toEqual(['b']);
    expect(refused(binding('a', 21, okta), binding('b', MOST - 1))).toEqual(['a']);
  });

  test('are ten thousand, of which each has four ordinary regular expressions', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => binding(`b${i}`, 4 * (25 + 16), ['okta', 60]));
    expect(refused(...many)).toEqual([]);
  });
});
