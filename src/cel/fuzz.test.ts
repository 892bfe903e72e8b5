/** Random texts over hostile claims, hostile texts over random claims: nothing throws, nothing runs on. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { EVALUATION_LIMITS } from './evaluation.ts';
import { compileExpression } from './expression.ts';
import { HOSTILE, measure, OVER_BYTES, OVER_STEPS } from './testing/hostile.ts';
import { INPUT } from './testing/world.ts';

describe('whatever the text is', () => {
  const fragments = fc.constantFrom(
    ...[
      'claims',
      '.long',
      '.key',
      'roles',
      'request',
      '.path',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '?',
      '.',
      ' in ',
    ],
    ...[
      '==',
      '+',
      '-',
      '!',
      '&&',
      '||',
      '<',
      '%',
      "'a'",
      '"',
      "'",
      '\\',
      '1',
      '1.5',
      '0x1',
      'true',
      'null',
      'r',
      '//',
      '\n',
    ],
    ...[
      '.exists(x, ',
      '.map(x, ',
      'x',
      'has(',
      'size(',
      '.matches(',
      ".replace('a', 'aa')",
      '.split("")',
      '__proto__',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(fragments, { maxLength: 25 }).map((parts) => parts.join('')),
  );

  it('neither compiling nor running throws, and a problem holds no value of a claim', () => {
    fc.assert(
      fc.property(text, (expression) => {
        const compiled = compileExpression(expression, 'request');
        if (compiled.kind === 'refused') {
          expect(compiled.problem).not.toMatch(/unforeseen/);
          return;
        }
        const outcome = compiled.expression.evaluate({ ...INPUT, claims: HOSTILE });
        if (outcome.kind === 'error') expect(outcome.problem).not.toMatch(/secret|aaaa|unforeseen/);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('whatever the claims are', () => {
  const texts = [
    'claims.a == claims.b',
    'claims.a in claims.b',
    'claims.a[claims.b] == claims.a',
    'claims.a.exists(x, x == claims.b)',
    'claims.a.all(x, has(claims.b.c) && x < claims.b)',
    'claims.a.map(x, x + claims.b).size() > 1',
    "claims.a.split(claims.b).join('-').contains(claims.a)",
    'claims.a.replace(claims.b, claims.a).matches("^a+$")',
    'claims.a.lastIndexOf(claims.b) == claims.a.indexOf(claims.b)',
    'claims.a.split(claims.b, 5000).size() == claims.a.substring(claims.b).size()',
    "'%s %d %e'.format([claims.a, claims.b, claims.b]) == claims.a",
    '{claims.a: claims.b} == {claims.b: claims.a}',
    'string(claims.a) == claims.b || int(claims.a) > 1 || double(claims.b) < 1.0',
    'size(claims.a) % size(claims.b) == 0 && type(claims.a) != type(claims.b)',
    'claims == claims && request.headers != claims',
  ];
  const value = fc.oneof(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(...Object.values(HOSTILE)));

  it.each(texts)('%s ends within the budget', (text) => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const { result, evaluation } = measure(text, { a, b } as JsonObject);
        expect(['boolean', 'string']).toContain(typeof result);
        const spent =
          evaluation.stepsSpent <= EVALUATION_LIMITS.steps &&
          evaluation.bytesSpent <= EVALUATION_LIMITS.bytes;
        expect(spent || result === OVER_STEPS || result === OVER_BYTES).toBe(true);
        expect(result).not.toBe('it failed in an unforeseen way');
      }),
      { numRuns: 150 },
    );
  });
});
