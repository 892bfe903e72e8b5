/** `==`, `in` and the order of values: numbers compare across their kinds, and everything costs its size. */

import { EVALUATION_LIMITS, type Evaluation, Exceeded } from './evaluation.ts';
import {
  Double,
  type Element,
  Fault,
  isList,
  isMap,
  type List,
  lookUp,
  MapLiteral,
  type MapValue,
  mapKey,
  mapKeysOf,
  read,
  TypeValue,
  type Value,
} from './values.ts';

/** Whether two values are equal; a Fault where one holds a number that JSON could not carry exactly. */
export function equals(a: Value, b: Value, evaluation: Evaluation, depth = 0): boolean | Fault {
  if (typeof a === 'string') return typeof b === 'string' && equalStrings(a, b, evaluation);
  const x = numeric(a);
  if (x !== undefined) {
    const y = numeric(b);
    // biome-ignore lint/suspicious/noDoubleEquals: between bigint and number this is the exact comparison
    return y !== undefined && x == y;
  }
  if (a === null || typeof a === 'boolean') return a === b;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (depth >= EVALUATION_LIMITS.depth)
    throw new Exceeded(`values nested over ${EVALUATION_LIMITS.depth} deep were compared`);
  if (isList(a)) return isList(b) && equalLists(a, b, evaluation, depth + 1);
  return isMap(a) && isMap(b) && equalMaps(a, b, evaluation, depth + 1);
}

function equalStrings(a: string, b: string, evaluation: Evaluation): boolean {
  if (a.length !== b.length) return false;
  evaluation.bytes(a.length);
  return a === b;
}

function equalElements(a: Element, b: Element, evaluation: Evaluation, depth: number): boolean | Fault {
  evaluation.steps(1);
  const x = read(a, evaluation);
  if (x instanceof Fault) return x;
  const y = read(b, evaluation);
  return y instanceof Fault ? y : equals(x, y, evaluation, depth);
}

function equalLists(a: List, b: List, evaluation: Evaluation, depth: number): boolean | Fault {
  if (a.length !== b.length) return false;
  for (const [i, element] of a.entries()) {
    const equal = equalElements(element, b[i] ?? null, evaluation, depth);
    if (equal !== true) return equal;
  }
  return true;
}

function equalMaps(a: MapValue, b: MapValue, evaluation: Evaluation, depth: number): boolean | Fault {
  const keys = mapKeysOf(a, evaluation);
  if (keys.length !== mapKeysOf(b, evaluation).length) return false;
  for (const key of keys) {
    const x = lookUp(a, key, evaluation);
    const y = lookUp(b, key, evaluation);
    if (x === undefined || y === undefined) return false;
    const equal = x instanceof Fault ? x : y instanceof Fault ? y : equalElements(x, y, evaluation, depth);
    if (equal !== true) return equal;
  }
  return true;
}

const NO_CONTAINER = new Fault("'in' was applied to a value that is neither list nor map");

/** `value in container`: among a list's elements, or a map's keys. */
export function contains(container: Value, value: Value, evaluation: Evaluation): boolean | Fault {
  if (isMap(container)) {
    if (value instanceof Double && !Number.isInteger(value.value)) return false;
    const key = mapKey(value);
    return key instanceof Fault ? key : has(container, key);
  }
  if (!isList(container)) return NO_CONTAINER;
  let fault: Fault | undefined;
  for (const element of container) {
    evaluation.steps(1);
    const member = read(element, evaluation);
    const equal = member instanceof Fault ? member : equals(member, value, evaluation);
    if (equal === true) return true;
    if (equal !== false) fault ??= equal;
  }
  return fault ?? false;
}

/** Whether the map itself holds the key. */
export function has(map: MapValue, key: string | bigint | boolean): boolean {
  if (map instanceof MapLiteral) return map.entries.has(key);
  return typeof key === 'string' && Object.hasOwn(map, key) && map[key] !== undefined;
}

const NO_ORDER = new Fault('values that have no order were compared');

/** Negative, zero or positive as `a` is before, beside or after `b`; NaN where a number is none. */
export function compare(a: Value, b: Value, evaluation: Evaluation): number | Fault {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  const x = numeric(a);
  const y = numeric(b);
  if (x !== undefined && y !== undefined) return compareNumbers(Number(x), Number(y));
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b, evaluation);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return NO_ORDER;
}

function compareNumbers(x: number, y: number): number {
  if (x < y) return -1;
  if (x > y) return 1;
  return x === y ? 0 : Number.NaN;
}

function compareStrings(a: string, b: string, evaluation: Evaluation): number {
  const length = Math.min(a.length, b.length);
  evaluation.bytes(length);
  for (let i = 0; i < length; i++) {
    const difference = codePointRank(a.charCodeAt(i)) - codePointRank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** UTF-16 units in the order of the code points that they begin: surrogates stand above all others. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function numeric(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint') return value;
  return value instanceof Double ? value.value : undefined;
}
