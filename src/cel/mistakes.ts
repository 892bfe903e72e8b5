/** What people write by mistake, and what to write instead: the parser says little, and often elsewhere. */

import { codePointAt } from '../base/code-points.ts';
import type { Token } from './tokens.ts';

export interface Mistake {
  readonly problem: string;
  readonly at: number;
}

const ESCAPE =
  /\\(?:[abfnrtv"'`?\\]|[xX][0-9a-fA-F]{2}|u(?<short>[0-9a-fA-F]{4})|U(?<long>[0-9a-fA-F]{8})|[0-3][0-7]{2}|(?<wrong>.))/gsu;

/** A string that does not end, or has an escape that CEL does not know: the parser would guess. */
export function stringMistake(tokens: readonly Token[]): Mistake | undefined {
  for (const { kind, text, at } of tokens) {
    if (kind === 'sign' && (text === "'" || text === '"')) {
      const problem = `the string that begins here does not end: close it on the same line, or write ${text.repeat(3)} on both sides`;
      return { problem, at };
    }
    if (kind !== 'string') continue;
    for (const { 0: written, index, groups } of text.matchAll(ESCAPE)) {
      const problem = escapeProblem(written, groups?.wrong, groups?.short ?? groups?.long);
      if (problem !== undefined) return { problem, at: at + index };
    }
  }
  return undefined;
}

/** How many an escape has. */
const DIGITS: ReadonlyMap<string | undefined, number> = new Map([
  ['x', 2],
  ['X', 2],
  ['u', 4],
  ['U', 8],
]);

function escapeProblem(written: string, wrong: string | undefined, digits = '0'): string | undefined {
  const needed = DIGITS.get(wrong);
  if (needed !== undefined) return `${written} needs ${needed} hexadecimal digits`;
  if (wrong !== undefined) {
    return `${written} is not an escape: write \\${written}, or r before the string, as in r'^\\d+$'`;
  }
  const codePoint = Number.parseInt(digits, 16);
  const isCharacter = codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
  return isCharacter ? undefined : `${written} is not a character, but a surrogate or beyond U+10FFFF`;
}

const OPTIONAL = 'optional values are not available: write has(claims.a) && claims.a == …';
const COMMENT = 'a comment begins with //';
const STATEMENT = 'an expression is one value, without statements: join conditions with && and ||';
const BY_NAME = "a name that is not an identifier is read as claims['…']";

/** By the one or two characters with which a mistake begins; the longer first. */
const SIGNS: ReadonlyMap<string, string> = new Map([
  ['=>', "a macro takes a name and an expression, as in roles.exists(r, r == 'admin')"],
  ['=~', "a pattern is tried with user.matches('^…$')"],
  ['=', 'equality is =='],
  ['<>', 'inequality is !='],
  ['->', 'a member is read as claims.email'],
  ['&', 'write && for "and"'],
  ['|', 'write || for "or"'],
  [';', STATEMENT],
  ['#', COMMENT],
  ['/*', COMMENT],
  ['.?', OPTIONAL],
  ['?.', OPTIONAL],
  ['[?', OPTIONAL],
  ['??', OPTIONAL],
  ['`', BY_NAME],
  ...['‘', '’', '“', '”', '„', '«', '»'].map((quote) => [quote, 'write straight quotes, \' or "'] as const),
]);

const WORDS: ReadonlyMap<string, string> = new Map([
  ['and', 'write &&'],
  ['or', 'write ||'],
  ['not', 'write !, and !(a in b)'],
  ['is', 'equality is =='],
  ['like', "a pattern is tried with user.matches('^…$')"],
  ...['if', 'else', 'then', 'when'].map((word) => [word, 'write condition ? a : b'] as const),
  ...['let', 'var', 'const', 'return', 'function'].map((word) => [word, STATEMENT] as const),
]);

/** No names, though the parser takes them after a dot. */
const RESERVED =
  /^(?:as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/;
const LITERAL = /^(?:true|false|null|in)$/;
const BINARY = /^(?:[=!<>]=|[<>+*/%,?:]|&&|\|\|)$/;

/** The first mistake in a text that the parser refused; undefined where none is known. */
export function syntaxMistake(text: string, tokens: readonly Token[]): Mistake | undefined {
  const code = tokens.filter(({ kind }) => kind !== 'comment');
  const open: Token[] = [];
  for (const [i, token] of code.entries()) {
    const before = code[i - 1];
    const problem =
      token.kind === 'sign' ? signProblem(text, token, before, open) : wordProblem(token, before);
    if (problem !== undefined) return { problem, at: token.at };
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) return { problem: `this ${unclosed.text} is never closed`, at: unclosed.at };
  const last = code.at(-1);
  if (last === undefined || endsValue(last)) return undefined;
  return { problem: `a value is missing after this ${last.text}`, at: last.at };
}

function wordProblem({ kind, text }: Token, before: Token | undefined): string | undefined {
  if (before?.text === '.') {
    return LITERAL.test(text) ? `${text} is a word of the language: write claims['${text}']` : undefined;
  }
  if (kind === 'word') {
    const remedy = WORDS.get(text.toLowerCase());
    if (remedy !== undefined) return `${text} has no meaning here: ${remedy}`;
    if (RESERVED.test(text)) return `${text} is a reserved word: choose another name`;
    if (/^(?:true|false)./.test(text)) return 'a name cannot begin with true or false: choose another';
    if (text === 'in') return endsValue(before) ? undefined : `a value is missing before this ${text}`;
  }
  return endsValue(before) ? 'an operator is missing before this, such as && or ==' : undefined;
}

/** Keeps account of the brackets that are open. */
function signProblem(
  text: string,
  token: Token,
  before: Token | undefined,
  open: Token[],
): string | undefined {
  const { text: sign, at } = token;
  if (sign === '(' || sign === '[' || sign === '{') open.push(token);
  const remedy = SIGNS.get(text.slice(at, at + 2)) ?? SIGNS.get(sign);
  if (remedy !== undefined) return remedy;
  if (/^[^!-~]/u.test(sign)) return `${codePoint(sign)} can only stand in a string: ${BY_NAME}`;
  if (/^[$@^~\\]$/.test(sign)) return `${sign} can only stand in a string`;
  if (sign === '!' && endsValue(before))
    return 'an operator is missing before this !; for "not in" write !(a in b)';
  if ((BINARY.test(sign) || sign === ')') && lacksValue(before, sign))
    return `a value is missing before this ${sign}`;
  if (sign === ')' || sign === ']' || sign === '}') return closingProblem(sign, open.pop());
  return undefined;
}

function closingProblem(sign: string, opening: Token | undefined): string | undefined {
  if (opening === undefined) return `this ${sign} closes nothing`;
  const closes = { '(': ')', '[': ']', '{': '}' }[opening.text];
  return closes === sign ? undefined : `this ${sign} closes ${opening.text}, which needs ${closes}`;
}

function endsValue(token: Token | undefined): boolean {
  if (token === undefined) return false;
  return token.kind === 'sign' ? /^[)\]}]$/.test(token.text) : token.text !== 'in';
}

/** Behind nothing, or behind what itself waits for a value; `f()` alone may close at once. */
function lacksValue(before: Token | undefined, sign: string): boolean {
  if (before === undefined) return true;
  if (before.text === '(') return sign !== ')';
  return before.kind === 'sign' && !endsValue(before);
}

function codePoint(character: string): string {
  return `U+${(codePointAt(character, 0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
