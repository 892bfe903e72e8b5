/** What can become of a token: a verified identity, or the first of the reasons against it. */

import type { JsonObject } from '../base/json.ts';
import type { Mismatch } from './mismatch.ts';

/** In the order in which they are looked for; the first that applies is the reason. */
export const TOKEN_REASONS = [
  'token_malformed',
  'token_encrypted',
  'issuer_unknown',
  'algorithm_not_allowed',
  'type_not_allowed',
  'keys_unavailable',
  'key_unknown',
  'token_expired',
  'token_not_yet_valid',
  'token_too_old',
  'signature_invalid',
  'token_bound',
  'audience_mismatch',
  'client_not_allowed',
  'claim_rejected',
  'groups_overage',
] as const;

export type TokenReason = (typeof TOKEN_REASONS)[number];

/** What a source maps to several values, or to one that lists forbid. */
export type ListedPart = 'roles' | 'scopes' | 'client';

/** Who a verified token speaks for. Holds nothing that could be replayed. */
export interface Identity {
  /** namespace/name of the source that vouches for it. */
  readonly source: string;
  /** The stable id; undefined when no mapped claim is present. */
  readonly user: string | undefined;
  /** For people; undefined when no mapped claim is present. */
  readonly name: string | undefined;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly client: string | undefined;
  /** The parts whose claims hold a value that has no spelling, so that more may stand there than is known. */
  readonly unreadable: readonly ListedPart[];
  readonly claims: JsonObject;
  /** The claims as JSON, just as they were signed. */
  readonly claimsText: string;
  readonly header: JsonObject;
}

/** What speaks against a token. */
export interface TokenProblem {
  readonly reason: TokenReason;
  /** For people, in logs and challenges; holds no part of the token. */
  readonly detail: string;
  /** Of issuer_unknown and audience_mismatch: for the log alone. */
  readonly mismatch?: Mismatch;
}

export interface TokenRefusal extends TokenProblem {
  readonly kind: 'refused';
  /** namespace/name, once the issuer is known. */
  readonly source: string | undefined;
}

/**
 * What became of a token. `overloaded` stands for a verification that was never begun, because the queue
 * of the dear algorithms was full.
 */
export type Verification =
  | { readonly kind: 'verified'; readonly identity: Identity }
  | TokenRefusal
  | { readonly kind: 'overloaded'; readonly source: string | undefined };
