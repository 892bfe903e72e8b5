/** Names and values of a decision for Envoy's access log: the same as headers (HTTP) and as metadata (gRPC). */

import type { Decision } from '../decision/decision.ts';
import { headerValue } from '../decision/forwarding.ts';

/** The beginning of a user's id is enough for a log, and Envoy reads no answer with more than 60 KiB of headers. */
const MAX_USER = 512;
/** Three times as long, percent-encoded, at most; times the bytes of a character. */
const MAX_NAME = 256;

/** Names and values in turn. What is not known is left out. Values are safe in a header. */
export function annotations(decision: Decision): string[] {
  const { outcome, reason, binding, rule, source, user, call } = decision;
  const pairs = ['portcullis-outcome', outcome, 'portcullis-reason', reason];
  if (binding !== undefined) pairs.push('portcullis-binding', binding);
  if (rule !== undefined) pairs.push('portcullis-rule', headerValue([rule]));
  if (source !== undefined) pairs.push('portcullis-source', source);
  if (user !== undefined) pairs.push('portcullis-user', headerValue([user.slice(0, MAX_USER)]));
  if (call !== undefined) pairs.push('portcullis-mcp-method', headerValue([call.method]));
  if (call?.name !== undefined) {
    pairs.push('portcullis-mcp-name', headerValue([call.name.slice(0, MAX_NAME)]));
  }
  return pairs;
}
