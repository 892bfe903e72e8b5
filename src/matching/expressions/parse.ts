/** The library's parser, behind the checks that it lacks: length and nesting, before it recurses. */

import { parse as parseUnbounded } from '@bufbuild/cel';
import { LIMITS } from './evaluation.ts';
import { nestsDeeperThan } from './nesting.ts';

type ParsedExpr = ReturnType<typeof parseUnbounded>;
export type Expr = NonNullable<ParsedExpr['expr']>;

type ExprOf<C> = Extract<Expr['exprKind'], { case: C }> extends { value: infer V } ? V : never;
export type Call = ExprOf<'callExpr'>;
export type Select = ExprOf<'selectExpr'>;
export type Struct = ExprOf<'structExpr'>;
export type Comprehension = ExprOf<'comprehensionExpr'>;
export type Constant = ExprOf<'constExpr'>['constantKind'];

export type Parsed =
  | { readonly kind: 'parsed'; readonly expr: Expr; readonly where: (id: bigint) => string }
  | { readonly kind: 'refused'; readonly problem: string };

/** Parses an expression; a refusal says where and why. */
export function parse(text: string): Parsed {
  if (text.length > LIMITS.text) {
    return refused(`it is ${text.length} characters long; at most ${LIMITS.text} are allowed`);
  }
  const deep = nestsDeeperThan(text, LIMITS.nesting);
  if (deep !== undefined) {
    const problem = `it nests deeper than ${LIMITS.nesting} levels: split it into several expressions`;
    return refused(`${position(text, deep)}: ${problem}`);
  }
  try {
    const { expr, sourceInfo } = parseUnbounded(text);
    if (expr === undefined) return refused('it is empty');
    return { kind: 'parsed', expr, where: (id) => position(text, sourceInfo?.positions[String(id)] ?? 0) };
  } catch (error) {
    return refused(syntaxProblem(error, text));
  }
}

const refused = (problem: string): Parsed => ({ kind: 'refused', problem });

/** Line and column, both from 1; the line only where there is more than one. */
function position(text: string, offset: number): string {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  const column = `column ${(before.at(-1) ?? '').length + 1}`;
  return /[\r\n]/.test(text) ? `line ${before.length}, ${column}` : column;
}

const SYNTAX_ERROR = /^<input>:\d+:\d+: (?<what>.*)$/s;
const EXPECTED = / but expecting (?<list>.*)$/s;

/** The parser's own words, without the list of everything that could have stood there. */
function syntaxProblem(error: unknown, text: string): string {
  if (error instanceof RangeError) return 'it nests too deep: split it into several expressions';
  const message = error instanceof Error ? error.message : '';
  const what = SYNTAX_ERROR.exec(message)?.groups?.what ?? message;
  const expected = EXPECTED.exec(what)?.groups?.list ?? '';
  const short = expected.includes(',') ? what.replace(EXPECTED, '') : what;
  const offset = offsetOf(error);
  return offset === undefined ? `syntax: ${short}` : `${position(text, offset)}: ${short}`;
}

function offsetOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('location' in error)) return undefined;
  const { location } = error;
  if (typeof location !== 'object' || location === null || !('start' in location)) return undefined;
  const { start } = location;
  if (typeof start !== 'object' || start === null || !('offset' in start)) return undefined;
  return typeof start.offset === 'number' ? start.offset : undefined;
}
