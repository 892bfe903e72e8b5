/** A claim's values as text, for comparison with what a manifest lists. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { ClaimReader } from './claims.ts';

/** Returns the value of a scalar, or the scalars of an array; nothing for objects, null and absent claims. */
export function claimValues(value: JsonValue | undefined): readonly string[] {
  if (value === undefined || value === null || isJsonObject(value)) return [];
  const elements: readonly JsonValue[] = typeof value === 'object' ? value : [value];
  const texts: string[] = [];
  for (const element of elements) {
    const text = scalarText(element);
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

/**
 * True where a claim holds more than `claimValues` can tell of it: what is left out may be the very value that a
 * deny-list forbids.
 */
export function hasUnreadable(read: ClaimReader, claims: JsonObject): boolean {
  const value = read(claims);
  if (value === undefined) return read.isCutOff(claims);
  if (value === null) return false;
  return isList(value)
    ? value.some((element) => scalarText(element) === undefined)
    : scalarText(value) === undefined;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/**
 * Undefined for what has no obvious spelling: null, arrays, objects, and whole numbers so large that JSON has
 * lost their last digits, where one user's id could become another's.
 */
export function scalarText(value: JsonValue): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
    case 'boolean':
      return String(value);
    default:
      return undefined;
  }
}
