/** The parts of a compiled expression, and of compiling one. */

import type { CompileAllowance } from '../regex/allowance.ts';
import type { Evaluation } from './evaluation.ts';
import type { Expr } from './parse.ts';
import { mayBe, type StaticType } from './types.ts';
import { type Element, Fault, type Result, type Value } from './values.ts';
import type { ExpressionInput, Variables } from './variables.ts';

/** One run of a program. The macros' two places suffice, since no macro runs inside another. */
export interface Frame {
  readonly input: ExpressionInput;
  readonly evaluation: Evaluation;
  item: Element;
  accumulator: Result;
}

export interface ProgramNode {
  readonly type: StaticType;
  readonly run: (frame: Frame) => Result;
  /** The value, where every run would return the same. */
  readonly constant?: Value;
}

/** Where a node stands: what it can name, and how deep it is. */
export interface Place {
  readonly variables: Variables;
  readonly depth: number;
  /** Inside a macro: its variable, and what the parser's expansion accumulates. */
  readonly locals?: Locals;
  readonly facts: Facts;
}

export interface Locals {
  readonly item: string;
  readonly itemType: StaticType;
  readonly accumulator: string;
  readonly accumulatorType: StaticType;
}

/** What compiling finds out about the whole expression. */
export interface Facts {
  readsPath: boolean;
  /** What its regular expressions may take. */
  readonly allowance: CompileAllowance;
  /** Whether it will be run: otherwise its regular expressions are checked, and not compiled. */
  readonly willRun: boolean;
}

export type Compile = (expr: Expr, place: Place) => ProgramNode;

/** Why an expression is refused at load, and at which node. Thrown, and caught where compiling began. */
export class RefusedExpression {
  readonly problem: string;
  readonly at: bigint;
  /** It could be used, but takes more than it may. */
  readonly tooLarge: boolean;
  constructor(problem: string, at: bigint, tooLarge = false) {
    this.problem = problem;
    this.at = at;
    this.tooLarge = tooLarge;
  }
}

export function constant(type: StaticType, value: Value): ProgramNode {
  return { type, constant: value, run: () => value };
}

/** The place of a node's operand. */
export function deeper(place: Place): Place {
  return { ...place, depth: place.depth + 1 };
}

const NO_BOOL = new Fault('a value that is neither true nor false stands where one of them must');

/** Returns a value that must be a bool: anything else is a Fault. */
export function boolOf(result: Result): boolean | Fault {
  return typeof result === 'boolean' || result instanceof Fault ? result : NO_BOOL;
}

/** Compiles what must turn out true or false, and refuses what cannot. */
export function compileBool(expr: Expr, place: Place, compile: Compile): ProgramNode {
  const node = compile(expr, place);
  if (mayBe(node.type, 'bool')) return node;
  throw new RefusedExpression(`a ${node.type.kind} stands where true or false must`, expr.id);
}

/** The operands of an operator, of which the grammar allows one or two. */
export function pair(operands: readonly ProgramNode[]): readonly [ProgramNode, ProgramNode] {
  const [left, right = left] = operands;
  if (left === undefined || right === undefined) throw new Error('an operator without operands');
  return [left, right];
}
