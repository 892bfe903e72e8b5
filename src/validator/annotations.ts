/** What Envoy's access log hears of every decision: the same names as headers and as metadata. */

import type { Decision } from '../decision/decision.ts';
import { headerValue } from '../decision/forwarding.ts';

/** Names and values in turn. What is not known is left out. Values are safe in a header. */
export function annotations(decision: Decision): string[] {
  const { outcome, reason, binding, rule, source, user } = decision;
  const told = ['portcullis-outcome', outcome, 'portcullis-reason', reason];
  if (binding !== undefined) told.push('portcullis-binding', binding);
  if (rule !== undefined) told.push('portcullis-rule', headerValue([rule]));
  if (source !== undefined) told.push('portcullis-source', source);
  if (user !== undefined) told.push('portcullis-user', headerValue([user]));
  return told;
}
