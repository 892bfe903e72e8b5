/** What Envoy's access log hears of every decision: the same names as headers and as metadata. */

import type { Decision, HeaderPair } from '../decision/decision.ts';
import { headerValue } from '../decision/forwarding.ts';

/** What is not known is left out. Values are safe in a header. */
export function annotations(decision: Decision): HeaderPair[] {
  const { outcome, reason, binding, rule, source, user } = decision;
  const pairs: HeaderPair[] = [
    ['portcullis-outcome', outcome],
    ['portcullis-reason', reason],
  ];
  if (binding !== undefined) pairs.push(['portcullis-binding', binding]);
  if (rule !== undefined) pairs.push(['portcullis-rule', headerValue([rule])]);
  if (source !== undefined) pairs.push(['portcullis-source', source]);
  if (user !== undefined) pairs.push(['portcullis-user', headerValue([user])]);
  return pairs;
}
