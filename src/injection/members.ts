/** Reads, compares and changes members of a pod's JSON that may be anything. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt, objectAt, objectsAt } from '../base/members.ts';

/** '' for what is no string. */
export function textAt(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Those of an object that are text, as labels and annotations are. */
export function textMembers(value: JsonValue | undefined): Readonly<Record<string, string>> {
  const members = Object.entries(objectAt(value));
  return Object.fromEntries(
    members.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  );
}

export function named(items: JsonValue | undefined, name: string): JsonObject | undefined {
  return objectsAt(items).find((item) => item.name === name);
}

/** The object with one member replaced; taken away where there is nothing to put there. */
export function withMember(object: JsonObject, name: string, value: JsonValue | undefined): JsonObject {
  const { [name]: _, ...rest } = object;
  return value === undefined ? rest : { ...object, [name]: value };
}

/** Each item that is an object, changed; the list itself where none of them did. */
export function mapObjects(
  value: JsonValue | undefined,
  change: (item: JsonObject) => JsonObject,
): JsonValue | undefined {
  if (!Array.isArray(value)) return value;
  return listAt(value).map((item) => (isJsonObject(item) ? change(item) : item));
}

/** Whether the two are the same JSON; the order of members does not count. */
export function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    const [ours, others] = [listAt(a), listAt(b)];
    return ours.length === others.length && ours.every((item, index) => sameJson(item, others[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]))
  );
}
