import { describe, expect, it } from 'vitest';
import { COMPILE_LIMITS } from '../regex/allowance.ts';
import { type SizedBinding, withoutRoom } from './policy-size.ts';

const MOST = COMPILE_LIMITS.policy;
const binding = (id: string, taken: number, ...sources: readonly (readonly [string, number])[]) => ({
  id,
  isTrial: id.startsWith('trial'),
  taken,
  sources: sources.map(([name, size]) => ({ id: name, taken: size })),
});
const refused = (...bindings: readonly SizedBinding[]) => [...withoutRoom(bindings)];

describe('the bindings of one policy', () => {
  it('have room up to the bound, and not past it', () => {
    expect(refused(binding('a', MOST - 1), binding('b', 1))).toEqual([]);
    expect(refused(binding('a', MOST - 1), binding('b', 2))).toEqual(['b']);
  });

  it('of which one finds no room leave it to those after it', () => {
    expect(refused(binding('a', MOST - 5), binding('b', 6), binding('c', 5))).toEqual(['b']);
  });

  it('of a namespace that fills it take no room from those of others, however old they are', () => {
    const evil = Array.from({ length: 200 }, (_, i) => binding(`evil/${i}`, MOST / 100));
    const shop = Array.from({ length: 10 }, (_, i) => binding(`shop/${i}`, MOST / 1000));
    const late = refused(...evil, ...shop);
    expect(late.every((id) => id.startsWith('evil/'))).toBe(true);
    expect(late).toEqual(evil.slice(99).map(({ id }) => id));
  });

  it('of many namespaces that fill it have room alike, the older first', () => {
    const evil = Array.from({ length: 400 }, (_, i) => binding(`evil${i % 4}/${i}`, MOST / 100));
    const late = refused(...evil, binding('shop/a', MOST / 1000));
    expect(late).toHaveLength(301);
    expect(late).not.toContain('shop/a');
    expect(late).toContain('evil0/396');
    expect(late).not.toContain('evil0/0');
  });

  it('bring their sources along, each once', () => {
    const okta = ['okta', MOST - 20] as const;
    expect(refused(binding('a', 10, okta), binding('b', 10, okta))).toEqual([]);
    expect(refused(binding('a', 10, okta), binding('b', 11, okta))).toEqual(['b']);
    expect(refused(binding('a', 21, okta), binding('b', MOST - 1))).toEqual(['a']);
  });

  it('take it from Trials, however little those need, and leave none to them', () => {
    expect(refused(binding('trial', 2), binding('a', MOST - 1))).toEqual(['trial']);
    expect(refused(binding('trial', 1), binding('a', MOST - 1))).toEqual([]);
  });

  it('are ten thousand, of which each has four ordinary regular expressions and one expression', () => {
    const each = 4 * (25 + 16) + 1.5 * 80;
    const many = Array.from({ length: 10_000 }, (_, i) => binding(`b${i}`, each, ['okta', 60]));
    expect(refused(...many)).toEqual([]);
  });
});
