/** Texts made to overflow a parser that recurses: each is refused before it, and its harmless twin is not. */

import { describe, expect, it } from 'vitest';
import { EVALUATION_LIMITS } from './evaluation.ts';
import { nestsDeeperThan } from './nesting.ts';
import { run } from './testing/world.ts';
import { tokensOf } from './tokens.ts';

describe('too deep or too long to parse: refused before the parser recurses', () => {
  it.each<[string, string]>([
    ['parentheses', `${'('.repeat(500)}true${')'.repeat(500)}`],
    ['parentheses that never close', '('.repeat(2000)],
    ['parentheses behind a string', `'\\'(' == user && ${'('.repeat(500)}true${')'.repeat(500)}`],
    ['parentheses behind a raw string', `r'\\' == user && ${'('.repeat(500)}true${')'.repeat(500)}`],
    ['parentheses behind a comment', `// '\n${'('.repeat(500)}true${')'.repeat(500)}`],
    ['lists', `${'['.repeat(900)}1${']'.repeat(900)} == []`],
    ['lists that never close', '['.repeat(2048)],
    ['lists beside which the parser took 4.5 s', `${'[1,'.repeat(680)}`],
    ['maps', `${'{1:'.repeat(400)}1${'}'.repeat(400)} == {}`],
    ['indexes', `${'roles['.repeat(200)}0${']'.repeat(200)} == user`],
    ['calls', `${'size('.repeat(300)}user${')'.repeat(300)} == 1`],
    ['methods', `${'user.contains('.repeat(120)}user${')'.repeat(120)}`],
    ['conditionals to the right', `${'true?true:'.repeat(200)}true`],
    ['conditionals in the middle', `${'true?'.repeat(200)}true${':true'.repeat(200)}`],
    ['33 brackets', `${'('.repeat(33)}true${')'.repeat(33)}`],
  ])('%s', (_, text) => {
    expect(nestsDeeperThan(tokensOf(text), EVALUATION_LIMITS.nesting)).toBeDefined();
    expect(run(text)).toMatch(/^refused: .*nests deeper than 32 levels/);
  });

  it.each<[string, string]>([
    ['selections', `claims${'.b'.repeat(900)} == 1`],
    ['indexes in a row', `claims${'[0]'.repeat(600)} == 1`],
    ['sums', `claims.a${' + claims.a'.repeat(150)} == 1`],
    ['comparisons', `true${' == true'.repeat(200)}`],
    ['methods in a row', `user${'.trim()'.repeat(250)} == user`],
    ['macros in a row', `roles${'.map(r, r)'.repeat(150)} == roles`],
    ['alternating operators', `${'!-'.repeat(900)}claims.a`],
    ['negations', `${'! '.repeat(900)}claims.a`],
  ])('%s, whose tree is deep', (_, text) => {
    expect(run(text)).toMatch(
      /^refused: column \d+: (it nests deeper than 32 levels|the part that begins here is not understood$)/,
    );
  });

  it('2,049 characters', () => {
    expect(run(`true ${' '.repeat(2044)}`)).toMatch(/^refused: it is 2049 characters long; at most 2048/);
    expect(run(`true ${' '.repeat(2043)}`)).toBe(true);
  });

  it.each<[string, string]>([
    ['30 brackets', `${'('.repeat(30)}true${')'.repeat(30)}`],
    ['brackets in strings', `user != '${'('.repeat(500)}' && user != r"${'['.repeat(500)}" && true`],
    ['brackets in comments', `true // ${'('.repeat(500)}\n`],
    ['200 conditions in a row', `true${' && true'.repeat(200)}`],
    ['200 alternatives in a row', `false${' || false'.repeat(199)} || true`],
    ['many brackets beside each other', `true${' && (true)'.repeat(150)}`],
    ['25 sums', `claims.level${' + 1'.repeat(25)} == 28`],
    ['conditionals beside each other', `[${'true?1:2,'.repeat(100)}1].size() == 101`],
  ])('but %s are fine', (_, text) => {
    expect(run(text)).toBe(true);
  });
});
