/** A claim's values as text, for comparison with what a manifest lists. */

import { isJsonObject, type JsonValue } from './json.ts';

/** A scalar's one value, an array's scalars; none for objects, null and absence. */
export function claimValues(value: JsonValue | undefined): readonly string[] {
  if (value === undefined || value === null || isJsonObject(value)) return [];
  const elements: readonly JsonValue[] = typeof value === 'object' ? value : [value];
  return elements.map(scalarText).filter((text) => text !== undefined);
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
