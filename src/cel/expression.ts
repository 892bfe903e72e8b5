/**
 * CEL, bounded. The library parses; names, kinds, regular expressions and nesting are judged at load; what
 * remains runs on evaluators of our own, under a budget that ends it whatever the input.
 */

import {
  type CompileAllowance,
  drawCharacters,
  newAllowance,
  TOO_MANY_CHARACTERS,
} from '../regex/allowance.ts';
import { compileExpr } from './compile.ts';
import { Evaluation, Exceeded } from './evaluation.ts';
import { parse } from './parse.ts';
import { type Frame, type ProgramNode, RefusedExpression } from './program.ts';
import { mayBe } from './types.ts';
import { Fault, kindOf, type Result } from './values.ts';
import { type ExpressionInput, type Scope, type Variables, variablesOf } from './variables.ts';

export { expressionReference } from './reference.ts';
export type {
  ExpressionInput,
  RequestInput,
  Scope,
  SourceInput,
} from './variables.ts';

export interface Expression {
  readonly text: string;
  /** Whether the outcome may depend on request.path or params, which are judged under every reading. */
  readonly readsPath: boolean;
  /**
   * Never throws, and always ends. An error is a refusal; its problem holds nothing of the input. One request's
   * expressions share a budget.
   */
  evaluate(input: ExpressionInput, budget?: Budget): ExpressionOutcome;
}

export type ExpressionOutcome =
  | { readonly kind: 'value'; readonly value: boolean }
  | { readonly kind: 'error'; readonly problem: string };

/** What is left of the steps and bytes that expressions may take. */
export type Budget = Evaluation;

export const newBudget = (): Budget => new Evaluation();

export type CompiledExpression =
  | { readonly kind: 'compiled'; readonly expression: Expression }
  | ExpressionRefusal;

interface ExpressionRefusal {
  readonly kind: 'refused';
  readonly problem: string;
  /** It may be right, but the object's expressions, or their regular expressions, take more than they may. */
  readonly tooLarge?: boolean;
}

/**
 * Compiles an expression of an AuthenticationSource ('source') or an ApiBinding ('request', or 'mcp' where it has spec.mcp).
 * A refusal says where and why: unknown names and functions, kinds that never fit, bad regular expressions,
 * too much text or nesting, a macro inside a macro, a result that cannot be true or false; and more than is left of the
 * allowance.
 */
export function compileExpression(
  text: string,
  scope: Scope,
  allowance: CompileAllowance = newAllowance(),
): CompiledExpression {
  const compiled = compileBool(text, scope, allowance, true);
  if (compiled.kind === 'refused') return compiled;
  const { node, readsPath } = compiled;
  return {
    kind: 'compiled',
    expression: { text, readsPath, evaluate: (input, budget) => outcome(node, input, budget) },
  };
}

/** An error is a refusal. */
export function isTrue(expression: Expression, input: ExpressionInput, budget: Budget): boolean {
  const result = expression.evaluate(input, budget);
  return result.kind === 'value' && result.value;
}

/** Why such an expression would not be compiled. Its regular expressions are not, which takes several times as long. */
export function checkExpression(
  text: string,
  scope: Scope,
  allowance: CompileAllowance,
): ExpressionRefusal | undefined {
  const compiled = compileBool(text, scope, allowance, false);
  return compiled.kind === 'refused' ? compiled : undefined;
}

function compileBool(
  text: string,
  scope: Scope,
  allowance: CompileAllowance,
  willRun: boolean,
): CompiledProgram {
  const compiled = compileProgram(text, variablesOf(scope), allowance, willRun);
  if (compiled.kind === 'refused' || mayBe(compiled.node.type, 'bool')) return compiled;
  const { kind } = compiled.node.type;
  return { kind: 'refused', problem: `it is a ${kind}; an expression must be true or false` };
}

/** Never seen in any test; a bug of ours must refuse one expression, and not end the process. */
const UNFORESEEN = 'it failed in an unforeseen way';

type CompiledProgram =
  | { readonly kind: 'compiled'; readonly node: ProgramNode; readonly readsPath: boolean }
  | ExpressionRefusal;

/** Compiles an expression of any kind. */
export function compileProgram(
  text: string,
  variables: Variables,
  allowance: CompileAllowance = newAllowance(),
  willRun = true,
): CompiledProgram {
  if (!drawCharacters(allowance, text.length))
    return { kind: 'refused', tooLarge: true, problem: TOO_MANY_CHARACTERS };
  const parsed = parse(text);
  if (parsed.kind === 'refused') return parsed;
  const facts = { readsPath: false, allowance, willRun };
  try {
    return {
      kind: 'compiled',
      node: compileExpr(parsed.expr, { variables, depth: 1, facts }),
      readsPath: facts.readsPath,
    };
  } catch (error) {
    if (!(error instanceof RefusedExpression)) return { kind: 'refused', problem: UNFORESEEN };
    const { problem, at, tooLarge } = error;
    return { kind: 'refused', problem: `${parsed.where(at)}: ${problem}`, tooLarge };
  }
}

function outcome(node: ProgramNode, input: ExpressionInput, budget: Budget = newBudget()): ExpressionOutcome {
  const result = evaluateProgram(node, input, budget);
  if (typeof result === 'boolean') return { kind: 'value', value: result };
  const problem =
    result instanceof Fault ? result.problem : `the result is a ${kindOf(result)}, neither true nor false`;
  return { kind: 'error', problem };
}

/** Runs a program to its value or its error; whatever it exceeds is an error of the whole. */
export function evaluateProgram(node: ProgramNode, input: ExpressionInput, evaluation: Evaluation): Result {
  const frame: Frame = { input, evaluation, item: null, accumulator: null };
  try {
    return node.run(frame);
  } catch (error) {
    return new Fault(error instanceof Exceeded ? error.problem : UNFORESEEN);
  }
}
