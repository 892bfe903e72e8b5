/** Functions, methods and operators as tables: for each the kinds it takes, what it returns, and how. */

import type { Evaluation } from './evaluation.ts';
import { mayBe, type StaticType } from './types.ts';
import type { Double, List, MapValue, Result, TypeValue, Value, ValueKind } from './values.ts';

/** The values of a kind. */
interface Values {
  readonly bool: boolean;
  readonly int: bigint;
  readonly double: Double;
  readonly string: string;
  readonly null_type: null;
  readonly list: List;
  readonly map: MapValue;
  readonly type: TypeValue;
  readonly dyn: Value;
}

type Param = ValueKind | 'dyn';
type Arguments<P extends readonly Param[]> = { [I in keyof P]: Values[P[I]] };

/** Takes what the params say, which its caller has made sure of. */
type Implementation = (evaluation: Evaluation, ...args: readonly Value[]) => Result;

export interface Overload {
  /** A method's receiver is the first. */
  readonly params: readonly Param[];
  readonly result: StaticType;
  readonly run: Implementation;
}

export type Overloads = ReadonlyMap<string, readonly Overload[]>;

/** Declares an overload; its implementation sees values of exactly the kinds it names. */
export function overload<const P extends readonly Param[]>(
  params: P,
  result: StaticType,
  run: (evaluation: Evaluation, ...args: Arguments<P>) => Result,
): Overload {
  // The one cast: every caller of `run` compares the arguments' kinds with `params` first.
  return { params, result, run: run as unknown as Implementation };
}

/** Those overloads that may take arguments of these types. */
export function fitting(overloads: readonly Overload[], types: readonly StaticType[]): readonly Overload[] {
  return overloads.filter(
    ({ params }) =>
      params.length === types.length &&
      params.every((param, i) => {
        const type = types[i];
        return param === 'dyn' || (type !== undefined && mayBe(type, param));
      }),
  );
}

/** `string.contains(string)`, `size(list)`, as pages and messages show them. */
export function overloadText(name: string, params: readonly Param[], method: boolean): string {
  const shown = params.map((param) => (param === 'dyn' ? 'any' : param));
  return method ? `${shown[0]}.${name}(${shown.slice(1).join(', ')})` : `${name}(${shown.join(', ')})`;
}
