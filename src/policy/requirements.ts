/** Whether a rule requires anything at all: where it does not, even an anonymous caller meets it. */

import type { Requirements } from './policy.ts';

/** True unless every part is an empty list, or made of such. A new part counts without being named here. */
export const asksForAnything = (requirements: Requirements): boolean => !isEmpty(requirements);

function isEmpty(part: unknown): boolean {
  if (part === undefined) return true;
  if (Array.isArray(part)) return part.length === 0;
  return typeof part === 'object' && part !== null && Object.values(part).every(isEmpty);
}
