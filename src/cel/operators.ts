/** Arithmetic and order. Ints are 64 bits wide and never wrap. */

import { compare } from './comparison.ts';
import { EVALUATION_LIMITS, type Evaluation } from './evaluation.ts';
import { type Overload, type Overloads, overload } from './overloads.ts';
import { BOOL, DOUBLE, INT, LIST, STRING } from './types.ts';
import { Double, Fault, type Result, type Value, type ValueKind } from './values.ts';

const OVERFLOW = new Fault('a number does not fit into 64 bits');
const DIVISION = new Fault('a number was divided by zero');

/** An int, if 64 bits can hold it. */
export function int64(value: bigint): bigint | Fault {
  return value === BigInt.asIntN(64, value) ? value : OVERFLOW;
}

const ints = (run: (a: bigint, b: bigint) => bigint | Fault): Overload =>
  overload(['int', 'int'], INT, (_, a, b) => run(a, b));

const doubles = (run: (a: number, b: number) => number): Overload =>
  overload(['double', 'double'], DOUBLE, (_, a, b) => new Double(run(a.value, b.value)));

/** Kinds that have an order, pairwise. */
const ORDERED: readonly (readonly [ValueKind, ValueKind])[] = [
  ['int', 'int'],
  ['double', 'double'],
  ['int', 'double'],
  ['double', 'int'],
  ['string', 'string'],
  ['bool', 'bool'],
];

/** NaN is neither before, beside nor after anything. */
function ordering(holds: (comparison: number) => boolean): readonly Overload[] {
  const run = (evaluation: Evaluation, a: Value, b: Value): Result => {
    const comparison = compare(a, b, evaluation);
    return comparison instanceof Fault ? comparison : holds(comparison);
  };
  return ORDERED.map((params) => overload(params, BOOL, run));
}

/** By the names that the syntax tree gives them. */
export const OPERATORS: Overloads = new Map<string, readonly Overload[]>([
  ['!_', [overload(['bool'], BOOL, (_, a) => !a)]],
  [
    '-_',
    [
      overload(['int'], INT, (_, a) => int64(-a)),
      overload(['double'], DOUBLE, (_, a) => new Double(-a.value)),
    ],
  ],
  [
    '_+_',
    [
      ints((a, b) => int64(a + b)),
      doubles((a, b) => a + b),
      overload(['string', 'string'], STRING, (evaluation, a, b) => {
        evaluation.make(a.length + b.length);
        return evaluation.boundedString(a + b);
      }),
      overload(['list', 'list'], LIST, (evaluation, a, b) => {
        evaluation.boundElements(a.length + b.length);
        evaluation.steps(Math.ceil((a.length + b.length) / EVALUATION_LIMITS.keysPerStep));
        return [...a, ...b];
      }),
    ],
  ],
  ['_-_', [ints((a, b) => int64(a - b)), doubles((a, b) => a - b)]],
  ['_*_', [ints((a, b) => int64(a * b)), doubles((a, b) => a * b)]],
  ['_/_', [ints((a, b) => (b === 0n ? DIVISION : int64(a / b))), doubles((a, b) => a / b)]],
  ['_%_', [ints((a, b) => (b === 0n ? DIVISION : a % b))]],
  ['_<_', ordering((comparison) => comparison < 0)],
  ['_<=_', ordering((comparison) => comparison <= 0)],
  ['_>_', ordering((comparison) => comparison > 0)],
  ['_>=_', ordering((comparison) => comparison >= 0)],
]);
