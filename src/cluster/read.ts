/** Reads texts and conditions of raw API JSON that may be anything: what has not the expected type is absent. */

import type { JsonValue } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';

/** Undefined for the empty string, too: nothing here is called so. */
export function filledTextAt(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function textEntries(value: JsonValue | undefined): readonly (readonly [string, string])[] {
  return Object.entries(objectAt(value)).flatMap(([name, member]) =>
    typeof member === 'string' ? [[name, member] as const] : [],
  );
}

/** Whether the condition of that type is True. */
export function conditionHolds(conditions: JsonValue | undefined, type: string): boolean {
  return objectsAt(conditions).some((condition) => condition.type === type && condition.status === 'True');
}
