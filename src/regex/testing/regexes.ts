/** For tests: regular expressions made to cost, and texts made to cost with them. */

import fc from 'fast-check';

const ATOMS = [
  ...[
    'a',
    'b',
    'k',
    'é',
    'ſ',
    '\u212a',
    '😀',
    '.',
    '^',
    '$',
    '\\b',
    '\\B',
    '\\A',
    '\\z',
    '\\d',
    '\\W',
    '\\s',
  ],
  ...[
    '\\pL',
    '\\p{Lu}',
    '\\P{Greek}',
    '\\p{^N}',
    '[a-z]',
    '[^a]',
    '[[:alpha:]_]',
    '[\\pL\\d-]',
    '[]a]',
    '[^]a]',
  ],
  ...[
    '[a-]',
    '[\\x{41}-\\x{100}]',
    '[^\\x00-\\x{10FFFF}]',
    '\\x41',
    '\\x{1F600}',
    '\\07',
    '\\123',
    '\\.',
    '\\n',
  ],
  ...['\\Q(a|*\\E', '\\Q', '{', '}', '{,2}', '{01}', '{2,x}', '-', ']', '()', '(?:)', 'ab|ac', 'a|b|', '/'],
];
const REPETITIONS = [
  ...[
    '*',
    '+',
    '?',
    '*?',
    '+?',
    '??',
    '{2}',
    '{0,3}',
    '{1,}',
    '{0}',
    '{0,}',
    '{2,5}?',
    '{10}',
    '{0,90}',
    '{999}',
  ],
  ...['{1000}', '{1001}', '{0,1000}'],
];
const OPENINGS = ['(', '(?:', '(?i:', '(?P<n>', '(?<m>', '(?i-s:', '(?U)('];
/** Alone they are no regular expressions, or change what comes after. */
const FRAGMENTS = [
  '(',
  ')',
  '|',
  '[',
  '\\',
  '\\E',
  '(?=',
  '(?',
  '\\p',
  '\\p{',
  '[[:',
  '(?i)',
  '(?-i)',
  '(?s)',
  '*',
  '{3}',
];

const { pattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
  pattern: fc.array(tie('part'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
  part: fc.oneof(
    { withCrossShrink: true, maxDepth: 5 },
    fc.constantFrom(...ATOMS),
    fc.tuple(tie('part'), fc.constantFrom(...REPETITIONS)).map((parts) => parts.join('')),
    fc.tuple(fc.constantFrom(...OPENINGS), tie('pattern'), fc.constant(')')).map((parts) => parts.join('')),
    fc.tuple(tie('pattern'), fc.constant('|'), tie('pattern')).map((parts) => parts.join('')),
    fc.constantFrom(...FRAGMENTS),
  ),
}));

/** Many of them RE2. */
export const patterns: fc.Arbitrary<string> = pattern;

/** Such as keep many threads alive. */
export const texts: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('a', 'ab', 'aab', 'é', 'k\u212a', '/a', 'a b', '_\n', '😀', '\ud800'),
    fc.nat({ max: 40 }),
    fc.constantFrom('', 'c', '/x', '$'),
  )
  .map(([unit, times, end]) => unit.repeat(times) + end);
