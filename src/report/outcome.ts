/** How requests end, in reports and in live decisions. */

import { type Infer, oneOf } from '../policy/shape.ts';

/**
 * The first three are of the binding that decides; `audit_denied` passed, but Enforce would have refused it. The others
 * are of a binding in mode Trial, and compare its decision with the one in force: it would deny what passes now, or allow
 * what is refused now, or refuse it for another reason.
 */
export const OUTCOMES = [
  'allowed',
  'audit_denied',
  'denied',
  'same',
  'would_deny',
  'would_allow',
  'other_reason',
] as const;

export const outcome = oneOf(...OUTCOMES);

export type RequestOutcome = Infer<typeof outcome>;
