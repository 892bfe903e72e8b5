/** The form of the last good policy on disk: without secrets, and only for one control plane and gateway. Pure. */

import { parseJson } from '../../base/json.ts';
import { formatKeysChecked, parseKeysChecked } from '../../policy/exchange.ts';
import type { Policy } from '../../policy/policy.ts';
import { amount, list, Misshapen, object, oneOf, type Shape, text } from '../../policy/shape.ts';
import { policyVersion } from '../../policy/version.ts';
import { parsePolicy } from '../../policy/wire.ts';
import { readSourcePolicy } from '../../sources/kinds.ts';
import type { HeldPolicy } from './held.ts';

/** The control plane and the gateway that the policy is for: a policy for others is not used. */
export interface PolicyOrigin {
  readonly url: string;
  readonly gateway: string;
}

export interface Stored {
  readonly held: HeldPolicy;
  /** Unix seconds. */
  readonly confirmedAt: number;
}

export type ParsedStored =
  | ({ readonly kind: 'stored' } & Stored)
  /** Completes "the policy on disk …". */
  | { readonly kind: 'refused'; readonly problem: string };

const STORED_FORMAT = 1;

/** A policy with keys that were kept is not the one that was sent, so the version that was sent is stored beside it. */
export function serializeStored(
  { policy, kept, keysChecked }: HeldPolicy,
  confirmedAt: number,
  origin: PolicyOrigin,
): string {
  return JSON.stringify({
    format: STORED_FORMAT,
    ...origin,
    version: policy.version,
    confirmedAt,
    keysChecked: formatKeysChecked(keysChecked),
    kept: [...kept],
    policy: { ...policy, version: policyVersion(policy) },
  });
}

/** Never throws, whatever a file holds. */
export function parseStored(json: string, origin: PolicyOrigin): ParsedStored {
  const refused = (problem: string): ParsedStored => ({ kind: 'refused', problem });
  const value = parseJson(json);
  if (value === undefined) return refused('is broken');
  let document: ReturnType<typeof stored>;
  try {
    document = stored(value, '');
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    return refused(`cannot be read: ${error.message.trim()}`);
  }
  if (document.url !== origin.url || document.gateway !== origin.gateway) {
    return refused('was sent by another control plane, or for another gateway');
  }
  const parsed = parsePolicy(document.policy, readSourcePolicy);
  if (parsed.kind === 'refused') return refused(`cannot be used: ${parsed.problem}`);
  const policy: Policy = { ...parsed.policy, version: document.version };
  return {
    kind: 'stored',
    confirmedAt: document.confirmedAt,
    held: {
      policy,
      kept: new Set(document.kept),
      keysChecked: parseKeysChecked(document.keysChecked),
      secrets: new Map(),
      lacksSecrets: policy.sources.some(({ keys }) => keys?.kind === 'hmac'),
    },
  };
}

/** As text, for `parsePolicy`. */
const anyJson: Shape<string> = (value) => JSON.stringify(value);

const stored = object({
  format: oneOf(STORED_FORMAT),
  url: text,
  gateway: text,
  version: text,
  confirmedAt: amount,
  keysChecked: text,
  kept: list(text),
  policy: anyJson,
});
