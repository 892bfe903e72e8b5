/** `&&`, `||`, `?:`, and how the macros pass over errors: what need not evaluate all of its operands. */

import type { Expr } from './parse.ts';
import {
  boolOf,
  type Compile,
  compileBool,
  deeper,
  type Frame,
  type Place,
  type ProgramNode,
  pair,
} from './program.ts';
import { BOOL, union } from './types.ts';
import { Fault, type Result } from './values.ts';

/** `&&` (false decides) and `||` (true decides): either side may decide, even beside an error. */
export function logic(decisive: boolean, args: readonly Expr[], place: Place, compile: Compile): ProgramNode {
  const sides = args.map((arg) => compileBool(arg, deeper(place), compile));
  const run = (frame: Frame): Result => {
    frame.evaluation.steps(1);
    let fault: Fault | undefined;
    for (const side of sides) {
      const value = boolOf(side.run(frame));
      if (value === decisive) return decisive;
      if (value instanceof Fault) fault ??= value;
    }
    return fault ?? !decisive;
  };
  return { type: BOOL, run };
}

export function conditional(args: readonly Expr[], place: Place, compile: Compile): ProgramNode {
  const [test, ...branches] = args.map((arg, i) =>
    i === 0 ? compileBool(arg, deeper(place), compile) : compile(arg, deeper(place)),
  );
  const [yes, no] = branches;
  if (test === undefined || yes === undefined || no === undefined)
    throw new Error('?: without three operands');
  const run = (frame: Frame): Result => {
    frame.evaluation.steps(1);
    const holds = boolOf(test.run(frame));
    if (holds instanceof Fault) return holds;
    return holds ? yes.run(frame) : no.run(frame);
  };
  return { type: union([yes.type, no.type]), run };
}

/** How `exists` and `all` go on past an error: only a plain false ends them. */
export function notStrictlyFalse(operands: readonly ProgramNode[]): ProgramNode {
  const [operand] = pair(operands);
  return { type: BOOL, run: (frame) => operand.run(frame) !== false };
}
