/** Names and values of a decision for Envoy's access log: the same as headers (HTTP) and as metadata (gRPC). */

import type { Decision } from '../decision/decision.ts';
import { headerValue } from '../decision/forwarding.ts';

/** The beginning of a user's id is enough for a log, and Envoy reads no answer with more than 60 KiB of headers. */
const MAX_USER = 512;

/** Names and values in turn. What is not known is left out. Values are safe in a header. */
export function annotations(decision: Decision): string[] {
  const { outcome, reason, binding, rule, source, user } = decision;
  const pairs = ['portcullis-outcome', outcome, 'portcullis-reason', reason];
  if (binding !== undefined) pairs.push('portcullis-binding', binding);
  if (rule !== undefined) pairs.push('portcullis-rule', headerValue([rule]));
  if (source !== undefined) pairs.push('portcullis-source', source);
  if (user !== undefined) pairs.push('portcullis-user', headerValue([user.slice(0, MAX_USER)]));
  return pairs;
}
