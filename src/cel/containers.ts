/** `==` and `!=`, `in`, and `[…]`: operators on values of every kind. */

import { contains, equals } from './comparison.ts';
import { type Frame, type ProgramNode, pair, RefusedExpression } from './program.ts';
import { BOOL, DYN, keyProblem, mayBe, mayEqual, type StaticType } from './types.ts';
import { elementAt, Fault, type Result } from './values.ts';

export function equality(id: bigint, equal: boolean, operands: readonly ProgramNode[]): ProgramNode {
  const [left, right] = pair(operands);
  if (!mayEqual(left.type, right.type)) {
    const kinds = `a ${left.type.kind} and a ${right.type.kind}`;
    throw new RefusedExpression(`${kinds} are never equal: compare values of one kind`, id);
  }
  const run = (frame: Frame): Result => {
    frame.evaluation.steps(1);
    const a = left.run(frame);
    if (a instanceof Fault) return a;
    const b = right.run(frame);
    if (b instanceof Fault) return b;
    const same = equals(a, b, frame.evaluation);
    return same instanceof Fault ? same : same === equal;
  };
  return { type: BOOL, run };
}

export function membership(id: bigint, operands: readonly ProgramNode[]): ProgramNode {
  const [value, container] = pair(operands);
  const { type } = container;
  if (!mayBe(type, 'list') && !mayBe(type, 'map')) {
    throw new RefusedExpression(`'in' looks into a list or a map, not a ${type.kind}`, id);
  }
  const members = type.kind === 'map' ? type.key : type.element;
  if (members !== undefined && !mayEqual(value.type, members)) {
    throw new RefusedExpression(`a ${value.type.kind} is never in a ${type.kind} of ${members.kind}s`, id);
  }
  refuseImpossibleKey(id, type, value);
  const run = (frame: Frame): Result => {
    frame.evaluation.steps(1);
    const wanted = value.run(frame);
    if (wanted instanceof Fault) return wanted;
    const among = container.run(frame);
    return among instanceof Fault ? among : contains(among, wanted, frame.evaluation);
  };
  return { type: BOOL, run };
}

export function indexing(id: bigint, operands: readonly ProgramNode[]): ProgramNode {
  const [container, at] = pair(operands);
  const { type } = container;
  if (!mayBe(type, 'list') && !mayBe(type, 'map')) {
    throw new RefusedExpression(`a ${type.kind} cannot be read by index`, id);
  }
  const byNumber = mayBe(at.type, 'int') || mayBe(at.type, 'double');
  const fits = type.kind === 'list' ? byNumber : type.key === undefined || mayEqual(at.type, type.key);
  if (!fits) throw new RefusedExpression(`a ${type.kind} cannot be read by a ${at.type.kind}`, id);
  refuseImpossibleKey(id, type, at);
  const run = (frame: Frame): Result => {
    frame.evaluation.steps(1);
    const from = container.run(frame);
    if (from instanceof Fault) return from;
    const key = at.run(frame);
    return key instanceof Fault ? key : elementAt(from, key, frame.evaluation);
  };
  const field = typeof at.constant === 'string' ? type.fields?.get(at.constant) : undefined;
  return { type: field ?? type.element ?? DYN, run };
}

function refuseImpossibleKey(id: bigint, container: StaticType, { constant }: ProgramNode): void {
  const problem = typeof constant === 'string' ? keyProblem(container, constant) : undefined;
  if (problem !== undefined) throw new RefusedExpression(problem, id);
}
