/** Whether two key sets hold the same keys. */

import type { PublicJwk } from '../policy/policy.ts';

/**
 * Providers give keys in another order from one answer to the next, and stores return their members in another order:
 * that is no change.
 */
export function sameKeys(one: readonly PublicJwk[], other: readonly PublicJwk[]): boolean {
  return canonical(one) === canonical(other);
}

function canonical(keys: readonly PublicJwk[]): string {
  return keys
    .map((key) => JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))))
    .sort()
    .join();
}
