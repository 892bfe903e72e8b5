/**
 * The macros (exists, all, exists_one, filter, map), as the parser expands them: a fold over a list's elements
 * or a map's keys. One may feed another, but none may stand inside another: their costs would multiply.
 */

import type { Comprehension, Expr } from './parse.ts';
import {
  boolOf,
  type Compile,
  compileBool,
  deeper,
  type Frame,
  type Place,
  type ProgramNode,
  RefusedExpression,
} from './program.ts';
import { DYN, type StaticType } from './types.ts';
import { Fault, iterated, type List, type Result, type Value } from './values.ts';

export function compileComprehension(
  id: bigint,
  fold: Comprehension,
  place: Place,
  compile: Compile,
): ProgramNode {
  if (place.locals !== undefined) {
    throw new RefusedExpression(
      "a macro inside another's body: use 'in', or feed one into the other, as in a.filter(…).exists(…)",
      id,
    );
  }
  const { iterVar, accuVar, iterRange, accuInit, loopCondition, loopStep, result } = fold;
  if (!iterRange || !accuInit || !loopCondition || !loopStep || !result) {
    throw new RefusedExpression('the macro is not understood', id);
  }
  if (place.variables.has(iterVar)) {
    throw new RefusedExpression(`the macro's variable hides ${iterVar}: give it a name of its own`, id);
  }
  const range = compile(iterRange, deeper(place));
  const { kind } = range.type;
  if (kind !== 'list' && kind !== 'map' && kind !== 'dyn') {
    throw new RefusedExpression(`a macro goes through a list or a map's keys, not a ${kind}`, id);
  }
  const initial = compile(accuInit, place);
  const item = { item: iterVar, itemType: itemType(range.type) };
  const locals = { ...item, accumulator: accuVar, accumulatorType: initial.type };
  // The expansion's own levels are not the author's: the body stands one below the macro.
  const inside: Place = { ...place, locals, depth: place.depth - 1 };
  const collected = collects(loopStep, accuVar);
  if (collected !== undefined) return collect(range, collected, inside, compile);
  const condition = compile(loopCondition, inside);
  const step = compile(loopStep, inside);
  const outcome = compile(result, inside);
  const run = (frame: Frame): Result => {
    const items = itemsOf(range, frame);
    if (items instanceof Fault) return items;
    frame.accumulator = initial.run(frame);
    for (const element of items) {
      frame.evaluation.steps(1);
      frame.item = element;
      const goOn = boolOf(condition.run(frame));
      if (goOn instanceof Fault) return goOn;
      if (!goOn) break;
      frame.accumulator = step.run(frame);
    }
    return outcome.run(frame);
  };
  return { type: outcome.type, run };
}

/** What `map` and `filter` add to their list, and on which condition. */
interface Collected {
  readonly condition: Expr | undefined;
  readonly element: Expr;
}

/** Recognises `accumulator + [element]` and `condition ? accumulator + [element] : accumulator`. */
function collects(step: Expr, accumulator: string): Collected | undefined {
  const call = step.exprKind.case === 'callExpr' ? step.exprKind.value : undefined;
  const [first, second, third] = call?.args ?? [];
  if (call?.function === '_+_' && first !== undefined && isNamed(first, accumulator)) {
    const elements = second?.exprKind.case === 'listExpr' ? second.exprKind.value.elements : [];
    return elements[0] === undefined ? undefined : { condition: undefined, element: elements[0] };
  }
  if (call?.function !== '_?_:_' || second === undefined || third === undefined) return undefined;
  const appended = isNamed(third, accumulator) ? collects(second, accumulator) : undefined;
  return appended && { condition: first, element: appended.element };
}

function isNamed({ exprKind }: Expr, name: string): boolean {
  return exprKind.case === 'identExpr' && exprKind.value.name === name;
}

/** A fold that adds to one list in place: to copy it for each element would cost the square of its length. */
function collect(
  range: ProgramNode,
  { condition, element }: Collected,
  inside: Place,
  compile: Compile,
): ProgramNode {
  const body = deeper(deeper(inside));
  const test = condition === undefined ? undefined : compileBool(condition, body, compile);
  const made = compile(element, body);
  const run = (frame: Frame): Result => {
    const items = itemsOf(range, frame);
    if (items instanceof Fault) return items;
    const list: Value[] = [];
    for (const item of items) {
      frame.evaluation.steps(1);
      frame.item = item;
      const wanted = test === undefined ? true : boolOf(test.run(frame));
      if (wanted instanceof Fault) return wanted;
      if (!wanted) continue;
      const value = made.run(frame);
      if (value instanceof Fault) return value;
      list.push(value);
    }
    return list;
  };
  return { type: { kind: 'list', element: made.type }, run };
}

function itemsOf(range: ProgramNode, frame: Frame): List | Fault {
  const value = range.run(frame);
  return value instanceof Fault ? value : iterated(value, frame.evaluation);
}

function itemType(range: StaticType): StaticType {
  return (range.kind === 'map' ? range.key : range.element) ?? DYN;
}
