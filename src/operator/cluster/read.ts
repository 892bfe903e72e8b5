/** Reads members of raw API JSON that may be anything: what has not the expected type is absent. */

import { isJsonObject, type JsonObject, type JsonValue } from '../../matching/json.ts';

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

/** Undefined for the empty string, too: nothing here is called so. */
export function textAt(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function portAt(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536
    ? value
    : undefined;
}

export function textMembers(value: JsonValue | undefined): readonly (readonly [string, string])[] {
  return Object.entries(objectAt(value)).flatMap(([name, member]) =>
    typeof member === 'string' ? [[name, member] as const] : [],
  );
}

/** Whether the condition of that type is True. */
export function conditionHolds(conditions: JsonValue | undefined, type: string): boolean {
  return objectsAt(conditions).some((condition) => condition.type === type && condition.status === 'True');
}
