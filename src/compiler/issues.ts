/** Issues of one object: like findings, but without the place where the object was written. */

import { type Finding, finding, type ObjectReference, referenceTo } from '../resources/findings.ts';
import { FINDING_REASONS, type FindingReason } from '../resources/reasons.ts';
import type { WrittenAt } from '../resources/set.ts';

export interface Issue {
  readonly reason: FindingReason;
  /** Its path from the object, `spec.rules[0].match`. */
  readonly field: string;
  /** Both sentences without a capital and a full stop, as in a finding. */
  readonly message: string;
  readonly remedy: string;
}

/** The condition Accepted of an object. */
export type Acceptance =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: FindingReason; readonly message: string };

/** Refused by the first issue that is an error; warnings refuse nothing. */
export function acceptanceOf(issues: readonly Issue[]): Acceptance {
  const first = issues.find(({ reason }) => FINDING_REASONS[reason].severity === 'error');
  if (first === undefined) return { kind: 'accepted' };
  const { reason, field, message, remedy } = first;
  return { kind: 'refused', reason, message: `${field}: ${message}; ${remedy}` };
}

interface LocatedObject {
  readonly object: Parameters<typeof referenceTo>[0];
  readonly origin: WrittenAt | undefined;
}

export function findingsFor({ object, origin }: LocatedObject, issues: readonly Issue[]): readonly Finding[] {
  if (issues.length === 0) return [];
  const reference: ObjectReference = referenceTo(object);
  return issues.map(({ reason, field, message, remedy }) =>
    finding(reason, { object: reference, origin, field }, message, remedy),
  );
}

/** Of one regular expression, or of all that an object has. */
export const tooLargeIssue = (field: string, message: string): Issue => ({
  reason: 'PolicyTooLarge',
  field,
  message,
  remedy:
    'use fewer and shorter regular expressions, and repeat less in them; docs/limits.md says how they count',
});

/** Of an object that is used before its turn to be checked has come. */
export const NOT_CHECKED: Issue = {
  reason: 'NotChecked',
  field: 'spec',
  message:
    'the control plane had to begin to serve before it came to this object; it is refused until it is checked',
  remedy:
    'wait some minutes; use fewer and shorter expressions and regular expressions in this namespace, to be served at once',
};

export const invalidExpression = (
  { problem, tooLarge: isTooLarge }: { readonly problem: string; readonly tooLarge?: boolean },
  field: string,
  remedy: string,
): Issue =>
  isTooLarge === true
    ? tooLargeIssue(field, problem)
    : { reason: 'InvalidExpression', field, message: problem, remedy };
