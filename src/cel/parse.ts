/** The library's parser, behind the checks that it lacks: length, strings, and nesting, before it recurses. */

import { parse as parseUnbounded } from '@bufbuild/cel';
import { EVALUATION_LIMITS } from './evaluation.ts';
import { type Mistake, stringMistake, syntaxMistake } from './mistakes.ts';
import { nestsDeeperThan } from './nesting.ts';
import { compact, type Token, tokensOf } from './tokens.ts';

type ParsedExpr = ReturnType<typeof parseUnbounded>;
export type Expr = NonNullable<ParsedExpr['expr']>;

type ExprOf<C> = Extract<Expr['exprKind'], { case: C }> extends { value: infer V } ? V : never;
export type CallExpr = ExprOf<'callExpr'>;
export type Select = ExprOf<'selectExpr'>;
export type Struct = ExprOf<'structExpr'>;
export type Comprehension = ExprOf<'comprehensionExpr'>;
export type Constant = ExprOf<'constExpr'>['constantKind'];

export type ParsedExpression =
  | { readonly kind: 'parsed'; readonly expr: Expr; readonly where: (id: bigint) => string }
  | { readonly kind: 'refused'; readonly problem: string };

/** Parses an expression; a refusal says where and why. */
export function parse(text: string): ParsedExpression {
  if (text.length > EVALUATION_LIMITS.text) {
    return refused(`it is ${text.length} characters long; at most ${EVALUATION_LIMITS.text} are allowed`);
  }
  const tokens = tokensOf(text);
  const mistake = stringMistake(tokens);
  if (mistake !== undefined) return refusedAt(text, mistake);
  const deep = nestsDeeperThan(tokens, EVALUATION_LIMITS.nesting);
  if (deep !== undefined) {
    const problem = `it nests deeper than ${EVALUATION_LIMITS.nesting} levels: split it into several expressions`;
    return refusedAt(text, { problem, at: deep });
  }
  const { text: read, origin } = compact(tokens);
  try {
    const { expr, sourceInfo } = parseUnbounded(read);
    if (expr === undefined) return refused('it is empty');
    const where = (id: bigint) => position(text, origin(sourceInfo?.positions[String(id)] ?? 0));
    return { kind: 'parsed', expr, where };
  } catch (error) {
    return syntaxRefusal(error, text, tokens, origin);
  }
}

const refused = (problem: string): ParsedExpression => ({ kind: 'refused', problem });

const refusedAt = (text: string, { problem, at }: Mistake): ParsedExpression =>
  refused(`${position(text, at)}: ${problem}`);

/** Line and column, both from 1; the line only where there is more than one. */
function position(text: string, offset: number): string {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  const column = `column ${(before.at(-1) ?? '').length + 1}`;
  return /[\r\n]/.test(text) ? `line ${before.length}, ${column}` : column;
}

function syntaxRefusal(
  error: unknown,
  text: string,
  tokens: readonly Token[],
  origin: (at: number) => number,
): ParsedExpression {
  if (error instanceof RangeError) return refused('it nests too deep: split it into several expressions');
  if (tokens.every(({ kind }) => kind === 'comment')) return refused('it is empty');
  const mistake = syntaxMistake(text, tokens);
  if (mistake !== undefined) return refusedAt(text, mistake);
  // The parser names the beginning of the part that it gave up on, and not the place in it.
  const at = origin(offsetOf(error) ?? 0);
  return refusedAt(text, { problem: 'the part that begins here is not understood', at });
}

function offsetOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('location' in error)) return undefined;
  const { location } = error;
  if (typeof location !== 'object' || location === null || !('start' in location)) return undefined;
  const { start } = location;
  if (typeof start !== 'object' || start === null || !('offset' in start)) return undefined;
  return typeof start.offset === 'number' ? start.offset : undefined;
}
