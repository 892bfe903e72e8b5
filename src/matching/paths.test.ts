import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathMatch } from '../policy/rule-match.ts';
import { compilePath, type PathPattern } from './paths.ts';
import { pathReadings, type Reading } from './readings.ts';

function pattern(type: PathMatch['type'], value: string): PathPattern {
  const compiled = compilePath({ type, value });
  if (compiled.kind === 'refused') throw new Error(compiled.problem);
  return compiled.pattern;
}

const paramsOf = (compiled: PathPattern, reading: Reading) =>
  compiled.matches(reading) ? compiled.params(reading.path) : undefined;

const asIs = (path: string): Reading => ({ path, unfolded: path, foldCase: false, foldSlash: false });
const folded = (path: string): Reading => ({ path, unfolded: path, foldCase: true, foldSlash: true });

describe('Exact', () => {
  it.each([
    ['/healthz', '/healthz', true],
    ['/healthz', '/healthz/', false],
    ['/healthz', '/healthz/x', false],
    ['/healthz', '/Healthz', false],
    ['/healthz', '/health', false],
    ['/', '/', true],
    ['/', '', false],
    ['/a/', '/a', false],
    ['/a/', '/a/', true],
  ])('%s and %s: %s', (value, path, matches) => {
    expect(pattern('Exact', value).matches(asIs(path))).toBe(matches);
  });

  it.each([
    ['/Admin/', '/admin', true],
    ['/admin', '/admin', true],
    ['/STRASSE', '/straße', false],
    ['/\u212A', '/k', true],
    ['/', '/', true],
  ])('%s and the folded %s: %s', (value, path, matches) => {
    expect(pattern('Exact', value).matches(folded(path))).toBe(matches);
  });
});

describe('PathPrefix', () => {
  it.each([
    ['/admin', '/admin', true],
    ['/admin', '/admin/', true],
    ['/admin', '/admin/x/y', true],
    ['/admin', '/administrator', false],
    ['/admin', '/ADMIN/x', false],
    ['/admin', '/x/admin', false],
    ['/admin/', '/admin', true],
    ['/admin/', '/admin/x', true],
    ['/admin/', '/administrator', false],
    ['/a/b', '/a/b/c', true],
    ['/a/b', '/a', false],
    ['/a/b', '/a/bc', false],
    ['/', '/', true],
    ['/', '/anything', true],
    ['/', '*', true],
  ])('%s and %s: %s', (value, path, matches) => {
    expect(pattern('PathPrefix', value).matches(asIs(path))).toBe(matches);
  });

  it('compares folded readings without case', () => {
    expect(pattern('PathPrefix', '/Admin').matches(folded('/admin/x'))).toBe(true);
    expect(pattern('PathPrefix', '/Admin').matches(asIs('/admin/x'))).toBe(false);
  });
});

describe('Template', () => {
  it.each([
    ['/users/{id}', '/users/7', { id: '7' }],
    ['/users/{id}', '/users/7/', undefined],
    ['/users/{id}', '/users/', undefined],
    ['/users/{id}', '/users', undefined],
    ['/users/{id}', '/users/7/posts', undefined],
    ['/users/{id}', '/Users/7', undefined],
    ['/users/{id}/posts/{post_id}', '/users/7/posts/a%2fb', { id: '7', post_id: 'a%2fb' }],
    ['/{a}', '/x', { a: 'x' }],
    ['/users/{id}/', '/users/7/', { id: '7' }],
    ['/users/{id}/', '/users/7', undefined],
    ['/{constructor}', '/x', { constructor: 'x' }],
  ])('%s and %s', (value, path, params) => {
    expect(paramsOf(pattern('Template', value), asIs(path))).toEqual(params);
  });

  it.each([
    ['/Users/{id}/', '/users/7', { id: '7' }],
    ['/users/{id}', '/users/joe', { id: 'joe' }],
    ['/users/{ID}', '/users/joe', { ID: 'joe' }],
    ['/users/{id}/', '/users', undefined],
  ])('%s and the folded %s', (value, path, params) => {
    expect(paramsOf(pattern('Template', value), folded(path))).toEqual(params);
  });
});

it('keeps a parameter of any name', () => {
  const params = paramsOf(pattern('Template', '/{__proto__}/{_x}'), asIs('/a/b'));
  expect(Object.entries(params ?? {})).toEqual([
    ['__proto__', 'a'],
    ['_x', 'b'],
  ]);
});

describe('RegularExpression', () => {
  it.each([
    ['/v[0-9]+/.*', '/v1/x', true],
    ['/v[0-9]+', '/v1/x', false],
    ['/a|/b', '/b', true],
    ['/a|/b', '/b/c', false],
    ['/Admin', '/admin', false],
    ['/a/', '/a', false],
  ])('%s and %s: %s', (value, path, matches) => {
    expect(pattern('RegularExpression', value).matches(asIs(path))).toBe(matches);
  });

  it.each([
    ['/Admin', '/admin', true],
    ['/a/', '/a', true],
    ['/a', '/a', true],
    ['/a/b', '/a', false],
    ['/', '/', true],
  ])('%s and the folded %s: %s', (value, path, matches) => {
    expect(pattern('RegularExpression', value).matches(folded(path))).toBe(matches);
  });
});

describe('a text that no URL holds unescaped', () => {
  it.each([
    ['Exact', '/café', '/caf%c3%A9'],
    ['Exact', '/a b', '/a%20b'],
    ['Exact', '/CAFÉ', '/CAF%C3%89'],
    ['PathPrefix', '/my files', '/my%20files/x'],
    ['Template', '/größe/{id}', '/gr%C3%B6%C3%9Fe/7'],
  ] as const)('%s %s is the same under every reading of %s', (type, value, path) => {
    const read = pathReadings(path, { case: 'Sensitive', trailingSlash: 'Distinct' }, false);
    if (read.kind !== 'readings') throw new Error('too many readings');
    expect(read.readings.length).toBe(2);
    for (const reading of read.readings) expect(pattern(type, value).matches(reading)).toBe(true);
  });

  it('does not make an escape of a plain letter equal to it', () => {
    expect(pattern('Exact', '/a b').matches(asIs('/%61%20b'))).toBe(false);
    expect(pattern('Exact', '/admin').matches(asIs('/%61dmin'))).toBe(false);
  });

  it('finds it folded, too', () => {
    expect(pattern('Exact', '/CAFÉ').matches(folded('/café'))).toBe(true);
    expect(pattern('Exact', '/café').matches(folded('/caf%c3%a9'))).toBe(true);
  });
});

describe('varies', () => {
  it.each([
    ['Exact', '/admin', false],
    ['Exact', '/', false],
    ['Exact', '/Admin', true],
    ['Exact', '/admin/', true],
    ['PathPrefix', '/admin', false],
    ['PathPrefix', '/admin/', false],
    ['PathPrefix', '/', false],
    ['PathPrefix', '/Admin', true],
    ['Template', '/users/{userId}', false],
    ['Template', '/Users/{id}', true],
    ['Template', '/users/{id}/', true],
    ['RegularExpression', '/a', true],
  ] as const)('%s %s: %s', (type, value, varies) => {
    expect(pattern(type, value).varies).toBe(varies);
  });

  it('is true whenever folded readings of a plain path match differently', () => {
    const value = fc.stringMatching(/^(\/[abAB]{1,2}){1,2}\/?$/);
    const path = fc.stringMatching(/^(\/[ab]{1,2}){1,2}$/);
    const type = fc.constantFrom<PathMatch['type']>('Exact', 'PathPrefix', 'Template', 'RegularExpression');
    fc.assert(
      fc.property(type, value, path, (kind, text, plain) => {
        const compiled = pattern(kind, text);
        const results = [false, true].flatMap((foldCase) =>
          [false, true].map((foldSlash) =>
            compiled.matches({ path: plain, unfolded: plain, foldCase, foldSlash }),
          ),
        );
        if (new Set(results).size > 1) expect(compiled.varies).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a pattern that cannot be', () => {
  it.each([
    ['Exact', 'admin', 'begin with /'],
    ['Exact', '', 'begin with /'],
    ['Exact', '/a?b=c', 'request.query'],
    ['Exact', '/a#b', '#'],
    ['Exact', '/a//b', 'empty segment'],
    ['PathPrefix', '//', 'empty segment'],
    ['PathPrefix', '/a/../b', 'dot segment'],
    ['PathPrefix', '/a/.', 'dot segment'],
    ['Exact', '/a\\b', 'backslash'],
    ['Exact', '/a%20b', 'percent sign'],
    ['PathPrefix', '/a;v=1', 'semicolon'],
    ['Template', '/{a}/b;c', 'semicolon'],
    ['Exact', '/a ', 'space'],
    ['PathPrefix', '/a/ b', 'space'],
    ['Exact', '/users/{id}', 'Template'],
    ['Exact', '/a\u0000', 'control'],
    ['Exact', '/\ud800', 'control'],
    ['Template', 'users/{id}', 'begin with /'],
    ['Template', '/users/{id}.json', 'whole segment'],
    ['Template', '/users/{}', 'whole segment'],
    ['Template', '/users/{id=**}', 'whole segment'],
    ['Template', '/users/{2nd}', 'whole segment'],
    ['Template', '/users/{id}/{id}', 'twice'],
    ['Template', '/users/{id}//x', 'empty segment'],
    ['RegularExpression', '/a(', 'RE2'],
    ['RegularExpression', '/a(?=b)', 'RE2'],
  ] as const)('%s %s is refused', (type, value, says) => {
    expect(compilePath({ type, value })).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining(says),
    });
  });

  it('never throws, whatever the value', () => {
    const type = fc.constantFrom<PathMatch['type']>('Exact', 'PathPrefix', 'Template', 'RegularExpression');
    fc.assert(
      fc.property(type, fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (kind, value) => {
        const compiled = compilePath({ type: kind, value: `/${value}` });
        if (compiled.kind === 'compiled') compiled.pattern.matches(folded('/a/b'));
      }),
    );
  });
});
