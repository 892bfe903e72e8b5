/** Whether the values that a token holds are those that a rule requires, and what is told of them. */

import type { ValueRequirement } from '../policy/policy.ts';
import { shownList } from '../sources/shown.ts';
import type { Identity, ListedPart } from '../sources/verification.ts';

export function holds({ anyOf, allOf, noneOf }: ValueRequirement, values: readonly string[]): boolean {
  return (
    (anyOf.length === 0 || anyOf.some((value) => values.includes(value))) &&
    allOf.every((value) => values.includes(value)) &&
    !noneOf.some((value) => values.includes(value))
  );
}

/**
 * What has no spelling to compare (an object, a list in a list, a number that has lost its last digits) may be
 * the value that is forbidden.
 */
export function partHolds(part: ListedPart, requirement: ValueRequirement, identity: Identity): boolean {
  if (requirement.noneOf.length > 0 && identity.unreadable.includes(part)) return false;
  const { client } = identity;
  const values = part === 'client' ? (client === undefined ? [] : [client]) : identity[part];
  return holds(requirement, values);
}

/** Explains a part of the identity and what is required of it; nothing where nothing is required. */
export function valuesFound(
  name: string,
  part: ListedPart,
  found: string,
  requirement: ValueRequirement,
  { unreadable }: Identity,
): readonly string[] {
  const asked = asksFor(requirement);
  if (asked === '') return [];
  // Such values fail every list of forbidden ones.
  const more = unreadable.includes(part) ? ', and what has no spelling (an object, a list in a list)' : '';
  return [`${name}: ${found}${more}; ${asked}`];
}

export function asksFor({ anyOf, allOf, noneOf }: ValueRequirement): string {
  return [
    anyOf.length > 0 ? `any of ${shownList(anyOf)}` : '',
    allOf.length > 0 ? `all of ${shownList(allOf)}` : '',
    noneOf.length > 0 ? `none of ${shownList(noneOf)}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}
