/** Reads members of JSON that may be anything: a member of another type than expected counts as absent. */

import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

const NOTHING: JsonObject = {};

export function objectAt(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : NOTHING;
}

export function listAt(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** Every item that is an object. */
export function objectsAt(value: JsonValue | undefined): readonly JsonObject[] {
  return listAt(value).filter(isJsonObject);
}

export function portAt(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536
    ? value
    : undefined;
}
