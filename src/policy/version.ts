/** The version of a policy: a hash of its content, the same on every replica and in every run. */

import { digest } from '../base/canonical-json.ts';
import type { Policy } from './policy.ts';

/**
 * The version of a policy with this content. It is made from digests of the sources and bindings, which
 * are remembered, so that it costs little where little has changed.
 */
export function policyVersion({ format, sources, bindings, trials }: Omit<Policy, 'version'>): string {
  return digest({
    format,
    sources: sources.map(partDigest),
    bindings: bindings.map(partDigest),
    ...(trials !== undefined && { trials: trials.map(partDigest) }),
  });
}

const digests = new WeakMap<object, string>();

/** The digest of an immutable part of a policy, worked out once. */
export function partDigest(part: object): string {
  let known = digests.get(part);
  if (known === undefined) {
    known = digest(part);
    digests.set(part, known);
  }
  return known;
}

/** Its digest is worked out already. */
export const isDigested = (part: object): boolean => digests.has(part);
