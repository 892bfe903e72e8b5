/** How requests end, in reports and in live decisions. */

import { type Infer, oneOf } from '../policy/shape.ts';

/**
 * The first four are of the binding that decides; `audit_denied` passed, but Enforce would have refused it; `served` was
 * answered by the validator itself, and stands in live decisions alone. The others
 * are of a binding in mode Trial, and compare its decision with the one in force: it would deny what passes now, or allow
 * what does not reach the API now, or give it another answer.
 */
export const OUTCOMES = [
  'allowed',
  'audit_denied',
  'denied',
  'served',
  'same',
  'would_deny',
  'would_allow',
  'other_reason',
] as const;

export const outcome = oneOf(...OUTCOMES);

export type RequestOutcome = Infer<typeof outcome>;
