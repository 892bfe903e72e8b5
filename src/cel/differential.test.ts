/** Thousands of generated expressions, judged as the library judges them. */

import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { compileExpression } from './expression.ts';
import { INPUT } from './testing/world.ts';

const CLAIMS: JsonObject = {
  i: 3,
  neg: -7,
  zero: 0,
  d: 1.5,
  s: 'ann',
  long: 'hello world, hello',
  empty: '',
  yes: true,
  no: false,
  nil: null,
  ints: [1, 2, 3],
  words: ['ann', 'bob', ''],
  mixed: [1, 1.5, 'ann', true, null, [1], { a: 1 }],
  none: [],
  map: { a: 1, b: 'ann', c: { a: 1.5 } },
};

const env = celEnv({ funcs: strings });

/** JSON as the library wants it, with ints as we promise them. */
function toLibrary(value: JsonValue): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toLibrary);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([name, member]) => [name, toLibrary(member)]));
}

const BINDINGS = { claims: toLibrary(CLAIMS), user: 'ann', roles: ['admin', 'team-a'] };

function library(text: string): boolean | 'error' {
  // biome-ignore lint/suspicious/noExplicitAny: the library's input type is open
  const value = plan(env, parse(text))(BINDINGS as any);
  return isCelError(value) || typeof value !== 'boolean' ? 'error' : value;
}

function ours(text: string): boolean | 'error' | 'refused' {
  const compiled = compileExpression(text, 'request');
  if (compiled.kind === 'refused') return 'refused';
  const outcome = compiled.expression.evaluate({
    ...INPUT,
    claims: CLAIMS,
    user: 'ann',
    roles: ['admin', 'team-a'],
  });
  return outcome.kind === 'value' ? outcome.value : 'error';
}

const join = (...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((all) => all.join(''));

const infix = (left: fc.Arbitrary<string>, operators: readonly string[], right: fc.Arbitrary<string>) =>
  join('(', left, ' ', fc.constantFrom(...operators), ' ', right, ')');

const { bool } = fc.letrec<
  Record<'bool' | 'int' | 'double' | 'string' | 'list' | 'map' | 'any' | 'present', string>
>((tie) => {
  const depth = { maxDepth: 4, depthSize: 'small' } as const;
  const claim = join('claims.', fc.constantFrom(...Object.keys(CLAIMS), 'absent'));
  const item = fc.constantFrom('x', 'x', 'x', 'claims.i', "'ann'", '1');
  const order = ['<', '<=', '>', '>='];
  const made = [tie('int'), tie('double'), tie('string'), tie('list'), tie('map'), tie('bool')];
  return {
    any: fc.oneof(depth, claim, claim, ...made),
    present: fc.oneof(depth, fc.constantFrom('claims.i', 'claims.s', 'claims.d', 'claims.absent'), ...made),
    bool: fc.oneof(
      depth,
      fc.constantFrom('true', 'false', 'claims.yes', 'claims.no', 'claims.absent'),
      infix(tie('any'), ['==', '!='], tie('any')),
      infix(tie('int'), order, fc.oneof(tie('int'), tie('double'), claim)),
      infix(tie('string'), order, fc.oneof(tie('string'), claim)),
      infix(tie('bool'), ['&&', '||'], tie('bool')),
      join('!', tie('bool')),
      join('(', tie('bool'), ' ? ', tie('bool'), ' : ', tie('bool'), ')'),
      infix(tie('any'), ['in'], fc.oneof(tie('list'), tie('map'))),
      join(
        'has(',
        fc.constantFrom('claims', 'claims.map', 'claims.map.c', 'claims.absent'),
        '.',
        fc.constantFrom('a', 's', 'c'),
        ')',
      ),
      join(
        tie('list'),
        fc.constantFrom('.exists', '.all', '.exists_one'),
        '(x, ',
        infix(item, ['==', '!=', '<', '>'], item),
        ')',
      ),
      join(tie('string'), fc.constantFrom('.contains(', '.startsWith(', '.endsWith('), tie('string'), ')'),
      join(tie('string'), fc.constantFrom(".matches('^a')", ".matches('[a-c]+$')", ".matches('')")),
    ),
    int: fc.oneof(
      depth,
      fc.integer({ min: -9, max: 9 }).map(String),
      fc.constantFrom('9223372036854775807', 'claims.i', 'claims.neg', 'claims.zero'),
      infix(tie('int'), ['+', '-', '*', '/', '%'], tie('int')),
      join('size(', fc.oneof(tie('list'), tie('string'), tie('map')), ')'),
      join(tie('string'), fc.constantFrom('.indexOf(', '.lastIndexOf('), tie('string'), ')'),
      join('int(', fc.oneof(tie('int'), fc.constantFrom("'12'", "'-3'", '1.9', '-1.9', 'claims.d')), ')'),
    ),
    double: fc.oneof(
      depth,
      fc.constantFrom('0.5', '-2.25', '3.0', '1e3', 'claims.d'),
      infix(tie('double'), ['+', '-', '*', '/'], tie('double')),
      join('double(', tie('int'), ')'),
    ),
    string: fc.oneof(
      depth,
      fc.constantFrom("'a'", "'ann'", "''", "'l'", "'ll'", 'claims.s', 'claims.long', 'claims.empty', 'user'),
      infix(tie('string'), ['+'], tie('string')),
      join(
        tie('string'),
        fc.constantFrom(
          '.lowerAscii()',
          '.upperAscii()',
          '.trim()',
          '.charAt(0)',
          '.substring(1)',
          '.substring(0, 2)',
        ),
      ),
      join(tie('string'), ".replace('l', ", tie('string'), fc.constantFrom(')', ', 1)')),
      join(tie('list'), fc.constantFrom('.join()', ".join('-')")),
      join('string(', fc.oneof(tie('int'), tie('bool')), ')'),
    ),
    list: fc.oneof(
      depth,
      fc.constantFrom('claims.ints', 'claims.words', 'claims.mixed', 'claims.none', 'roles', '[]'),
      join('[', tie('any'), ', ', tie('any'), ']'),
      infix(tie('list'), ['+'], tie('list')),
      join(tie('list'), fc.constantFrom('.filter', '.map'), '(x, ', infix(item, ['==', '<'], item), ')'),
      join(tie('list'), '.map(x, ', fc.constantFrom('x', 'x + x', '[x]', 'x == 1, x'), ')'),
      join(tie('string'), fc.constantFrom(".split('l')", ".split(' ')")),
    ),
    map: fc.oneof(
      depth,
      fc.constantFrom('claims.map', 'claims.map.c', '{}'),
      // To the library a key whose value is null is not in its map; to the language, and to us, it is.
      join("{'a': ", tie('present'), ", 'b': ", tie('present'), '}'),
      join('{1: ', tie('present'), ', true: ', tie('present'), '}'),
    ),
  };
});

describe('whatever is generated', () => {
  it('both say the same, or ours refuses at load what the library only finds out later', () => {
    const seen = { value: 0, error: 0, refused: 0 };
    fc.assert(
      fc.property(bool, (text) => {
        const said = ours(text);
        if (said === 'refused') {
          seen.refused += 1;
          return;
        }
        seen[said === 'error' ? 'error' : 'value'] += 1;
        expect({ text, said }).toEqual({ text, said: library(text) });
      }),
      { numRuns: 4000, seed: 42 },
    );
    expect(Math.min(seen.value, seen.error)).toBeGreaterThan(500);
  });
});
