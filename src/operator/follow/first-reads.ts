/** Limits how many bindings are compared with the schema before the control plane serves. */

import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { listAt, objectAt, objectsAt } from '../../base/members.ts';

/** In values, as `readCost` counts them: some 2 seconds. 10,000 bindings of usual size have some 300,000. */
export const MOST_FIRST_READ = 400_000;

export interface FirstReads {
  /** Whether the binding may be compared with the schema as soon as it is listed. */
  mayCheck(written: JsonObject): boolean;
  /** From now on each binding may be compared at once: they come one by one. */
  end(): void;
}

export function createFirstReads(most = MOST_FIRST_READ): FirstReads {
  let left = most;
  return {
    mayCheck(written) {
      left -= readCost(written);
      return left >= 0;
    },
    end() {
      left = Number.POSITIVE_INFINITY;
    },
  };
}

/** Each value costs some 5 microseconds; a rule's sources are compared with all of the binding's, four in that time. */
export function readCost(written: JsonObject): number {
  const spec = objectAt(written.spec);
  const named = objectsAt(spec.rules).reduce((sum, rule) => sum + listAt(rule.sources).length, 0);
  return valuesOf(spec) + (named * listAt(spec.sources).length) / 4;
}

function valuesOf(root: JsonValue): number {
  let count = 0;
  const waiting: JsonValue[] = [root];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    count += 1;
    // One by one: as the arguments of one call, many would be too many for the stack.
    const within = Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];
    for (const one of within) waiting.push(one);
  }
  return count;
}
