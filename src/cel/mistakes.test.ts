/** What people write by mistake: each is refused at its place, with a remedy. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run } from './testing/world.ts';
import { tokensOf } from './tokens.ts';

describe('strings that the parser would guess at', () => {
  it.each([
    ["user == 'ann", 'column 9: the string that begins here does not end'],
    ["user == 'it's'", 'column 14: the string that begins here does not end'],
    ["user == 'a\nb'", 'line 1, column 9: the string that begins here does not end'],
    ["user.matches('^\\d+$')", 'column 16: \\d is not an escape: write \\\\d, or r before the string'],
    ["user == 'a\\8'", 'column 11: \\8 is not an escape'],
    ["user == 'a\\400'", 'column 11: \\4 is not an escape'],
    ["user == '\\u12'", 'column 10: \\u needs 4 hexadecimal digits'],
    ["user == '\\xz'", 'column 10: \\x needs 2 hexadecimal digits'],
    ["user == '\\U0000004'", 'column 10: \\U needs 8 hexadecimal digits'],
    ["user == '\\U00110000'", 'column 10: \\U00110000 is not a character'],
    ["user == '\\ud800'", 'column 10: \\ud800 is not a character, but a surrogate'],
  ])('%s', (text, problem) => {
    expect(run(text)).toContain(`refused: ${problem}`);
  });

  it.each([
    "user.matches(r'^[a-z]\\w+$')",
    "user.matches('^[a-z]\\\\w+$')",
    "'\\x41\\X42\\103\\u0044\\U00000045' == 'ABCDE'",
    "'\\a\\b\\f\\n\\r\\t\\v\\?\\`\\'\\\"\\\\'.size() == 12",
    "'''it's\n''' == \"it's\\n\" && r'\\' == '\\\\'",
  ])('but %s is fine', (text) => {
    expect(run(text)).toBe(true);
  });
});

describe('syntax', () => {
  it.each([
    ["user = 'ann'", 'column 6: equality is =='],
    ["user === 'ann'", 'column 8: equality is =='],
    ["user == 'ann' && roles.exists(r, r = 'x')", 'column 36: equality is =='],
    ["user <> 'ann'", 'column 6: inequality is !='],
    ["user =~ 'ann'", 'column 6: a pattern is tried with user.matches'],
    ["user == 'ann' & true", 'column 15: write && for "and"'],
    ["user == 'ann' | true", 'column 15: write || for "or"'],
    ["user == 'ann' and true", 'column 15: and has no meaning here: write &&'],
    ["user == 'ann' OR true", 'column 15: OR has no meaning here: write ||'],
    ["not ('x' in roles)", 'column 1: unknown function "not": write !, and !(a in b)'],
    ["'x' not in roles", 'column 5: not has no meaning here: write !, and !(a in b)'],
    ["'x' !in roles", 'column 5: an operator is missing before this !; for "not in" write !(a in b)'],
    ["user == 'ann';", 'column 14: an expression is one value'],
    ['let x = 1; x == 1', 'column 1: let has no meaning here: an expression is one value'],
    ['true # always', 'column 6: a comment begins with //'],
    ['/* always */ true', 'column 1: a comment begins with //'],
    ["claims.?a.b == 'c'", 'column 7: optional values are not available: write has(claims.a)'],
    ["claims[?'a'] == 'c'", 'column 7: optional values are not available'],
    ["claims?.a == 'c'", 'column 7: optional values are not available'],
    ["claims.`x-y` == 'c'", 'column 8: a name that is not an identifier is read as claims'],
    ['claims.ü == 1', 'column 8: U+00FC can only stand in a string'],
    ['user == ‘ann’', 'column 9: write straight quotes'],
    ['user\u00a0== name', 'column 5: U+00A0 can only stand in a string'],
    [`\${user} == 'ann'`, 'column 1: $ can only stand in a string'],
    ["roles.exists(r => r == 'a')", 'column 16: a macro takes a name and an expression'],
    ["roles.exists(as, as == 'a')", 'column 14: as is a reserved word: choose another name'],
    ["roles.exists(trueRole, trueRole == 'a')", 'column 14: a name cannot begin with true or false'],
    ["claims.in == 'a'", "column 8: in is a word of the language: write claims['in']"],
    ["user == 'ann' && (true", 'column 18: this ( is never closed'],
    ["user == 'ann')", 'column 14: this ) closes nothing'],
    ["(roles[0) == 'a'", 'column 9: this ) closes [, which needs ]'],
    ['user ==', 'column 6: a value is missing after this =='],
    ['user in', 'column 6: a value is missing after this in'],
    ['&& true', 'column 1: a value is missing before this &&'],
    ["user.replace('a',, 'b') == user", 'column 18: a value is missing before this ,'],
    ['roles.exists(r, )', 'column 17: a value is missing before this )'],
    ["user == 'ann' true", 'column 15: an operator is missing before this'],
    ["user == 'ann'\n  && = 'b'", 'line 2, column 6: equality is =='],
    ["user == 'ann' ? true", 'column 15: the part that begins here is not understood'],
    ['// nothing else', 'it is empty'],
  ])('%s', (text, problem) => {
    expect(run(text)).toContain(`refused: ${problem}`);
  });
});

it('tokens are all of a text but its white space, in order', () => {
  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom("'", '"', "'''", '\\', 'r', 'b', '//', '\n', 'a', '1', '==', '('),
        fc.string(),
      ),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (given) => {
      let end = 0;
      for (const { text: token, at } of tokensOf(given)) {
        expect(given.slice(end, at)).toMatch(/^[\t\n\f\r ]*$/);
        expect(given.startsWith(token, at)).toBe(true);
        end = at + token.length;
      }
      expect(given.slice(end)).toMatch(/^[\t\n\f\r ]*$/);
    }),
    { numRuns: 2000 },
  );
});
