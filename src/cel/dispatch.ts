/** Chooses among overloads: at load as far as the types are known, per run where they are not. */

import { OPERATORS } from './operators.ts';
import { fitting, type Overload, overloadText } from './overloads.ts';
import { type Frame, type ProgramNode, RefusedExpression } from './program.ts';
import { union } from './types.ts';
import { Fault, kindOf, type Result, type Value } from './values.ts';

export function dispatch(
  id: bigint,
  name: string,
  overloads: readonly Overload[],
  operands: readonly ProgramNode[],
  isMethod: boolean,
): ProgramNode {
  const types = operands.map((operand) => operand.type);
  const candidates = fitting(overloads, types);
  if (candidates.length === 0)
    throw new RefusedExpression(noOverload(name, overloads, operands, isMethod), id);
  const [first] = candidates;
  const settled = types.every((type, i) => first?.params[i] === 'dyn' || first?.params[i] === type.kind);
  const none = new Fault(`${operatorText(name)} was given values that it does not take`);
  const run = (frame: Frame): Result => {
    frame.evaluation.steps(1);
    const values: Value[] = [];
    for (const operand of operands) {
      const value = operand.run(frame);
      if (value instanceof Fault) return value;
      values.push(value);
    }
    const chosen = settled ? first : candidates.find((candidate) => takes(candidate, values));
    return chosen === undefined ? none : chosen.run(frame.evaluation, ...values);
  };
  return { type: union(candidates.map((candidate) => candidate.result)), run };
}

function takes({ params }: Overload, values: readonly Value[]): boolean {
  return values.every((value, i) => params[i] === 'dyn' || params[i] === kindOf(value));
}

function noOverload(
  name: string,
  overloads: readonly Overload[],
  operands: readonly ProgramNode[],
  isMethod: boolean,
): string {
  const given = operands.map((operand) => (operand.type.kind === 'dyn' ? 'any' : operand.type.kind));
  if (OPERATORS.has(name)) return `${operatorText(name)} does not take ${given.join(' and ')}`;
  const known = overloads.map(({ params }) => overloadText(name, params, isMethod)).join(', ');
  const remedy = name === 'contains' && given[0] === 'list' ? "; for a list's members write x in list" : '';
  return `${isMethod ? `${given.shift()}.` : ''}${name}(${given.join(', ')}) does not exist, but ${known}${remedy}`;
}

/** `_<=_` as people write it. */
function operatorText(name: string): string {
  return name.includes('_') && OPERATORS.has(name) ? name.replaceAll('_', '') : name;
}
