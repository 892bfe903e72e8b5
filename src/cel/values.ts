/**
 * What an expression computes with. JSON is used as it stands, without a copy: its arrays are lists and its
 * objects are maps. Only its numbers need turning, which `read` does when one is taken out.
 */

import type { JsonObject, JsonValue } from '../base/json.ts';
import { EVALUATION_LIMITS, type Evaluation } from './evaluation.ts';

/** A number with a fraction, or one that an expression made as such. Ints are bigints of 64 bits. */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** What `type(x)` returns. */
export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export type MapKey = string | bigint | boolean;

/** A map that an expression wrote itself, as in `{'a': 1}`. */
export class MapLiteral {
  readonly entries: ReadonlyMap<MapKey, Value>;
  constructor(entries: ReadonlyMap<MapKey, Value>) {
    this.entries = entries;
  }
}

/** What a list or map holds: JSON, or values that an expression put there. */
export type Element = JsonValue | Value;
export type List = readonly Element[];
export type MapValue = MapLiteral | JsonObject;
export type Value = boolean | bigint | Double | string | null | TypeValue | List | MapValue;

/** An error in the sense of CEL: a value, because `||`, `&&` and the macros may decide without it. */
export class Fault {
  readonly problem: string;
  constructor(problem: string) {
    this.problem = problem;
  }
}

export type Result = Value | Fault;

export type ValueKind = 'bool' | 'int' | 'double' | 'string' | 'null_type' | 'list' | 'map' | 'type';

export function kindOf(value: Value): ValueKind {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (value === null) return 'null_type';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Double) return 'double';
  if (value instanceof TypeValue) return 'type';
  return 'map';
}

export function isList(value: Value): value is List {
  return Array.isArray(value);
}

export function isMap(value: Value): value is MapValue {
  return kindOf(value) === 'map';
}

const INEXACT = new Fault('a number is too large to be exact');

/** Takes an element out: bounds its size, and turns a JSON number into an int or a double. */
export function read(element: Element, evaluation: Evaluation): Result {
  if (typeof element === 'string') return evaluation.boundedString(element);
  if (typeof element === 'number') {
    if (!Number.isInteger(element)) return new Double(element);
    return Number.isSafeInteger(element) ? BigInt(element) : INEXACT;
  }
  if (Array.isArray(element)) evaluation.boundElements(element.length);
  return element;
}

/** What the map itself holds under a key; undefined = nothing. */
export function lookUp(map: MapValue, key: MapKey, evaluation: Evaluation): Result | undefined {
  if (map instanceof MapLiteral) return map.entries.get(key);
  if (typeof key !== 'string' || !Object.hasOwn(map, key)) return undefined;
  const element = map[key];
  return element === undefined ? undefined : read(element, evaluation);
}

const NO_KEY = new Fault('a value that cannot be a key was used as one');

/** The key that a value stands for: a double without a fraction is the int that it equals. */
export function mapKey(value: Value): MapKey | Fault {
  if (typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean') return value;
  return value instanceof Double && Number.isInteger(value.value) ? BigInt(value.value) : NO_KEY;
}

const ABSENT = new Fault('a key that is not there was read');
const NO_INDEX = new Fault('a list was read by a value that is not an index');
const OUT_OF_RANGE = new Fault('an index outside its list was read');
const NOT_INDEXED = new Fault('a value that is neither list nor map was read by index');

/** `container[at]`. */
export function elementAt(container: Value, at: Value, evaluation: Evaluation): Result {
  if (isList(container)) {
    const position = at instanceof Double ? at.value : typeof at === 'bigint' ? Number(at) : Number.NaN;
    if (!Number.isInteger(position)) return NO_INDEX;
    const element = container[position];
    return element === undefined ? OUT_OF_RANGE : read(element, evaluation);
  }
  if (!isMap(container)) return NOT_INDEXED;
  const key = mapKey(at);
  if (key instanceof Fault) return key;
  const value = lookUp(container, key, evaluation);
  return value === undefined ? ABSENT : value;
}

const NOT_ITERABLE = new Fault('a macro was applied to a value that is neither list nor map');

/** What the macros go through: a list's elements, or a map's keys. */
export function iterated(range: Value, evaluation: Evaluation): List | Fault {
  if (isList(range)) return range;
  return isMap(range) ? mapKeysOf(range, evaluation) : NOT_ITERABLE;
}

/** A map's keys, which are paid for as they are listed. */
export function mapKeysOf(map: MapValue, evaluation: Evaluation): readonly MapKey[] {
  if (map instanceof MapLiteral) return [...map.entries.keys()];
  const keys = Object.keys(map);
  evaluation.boundElements(keys.length);
  evaluation.steps(Math.ceil(keys.length / EVALUATION_LIMITS.keysPerStep));
  return keys;
}
