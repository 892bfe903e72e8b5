/** The outcome for a credential: a verified identity, or the first reason to refuse it. */

import type { JsonObject } from '../base/json.ts';
import type { TokenReason } from './jwt/reasons.ts';
import type { Mismatch } from './mismatch.ts';

/** Why a source refuses a credential: of every kind. */
export type CredentialReason = TokenReason;

/** What a source maps to several values, or to one that lists forbid. */
export type ListedPart = 'roles' | 'scopes' | 'client';

/** The user of a verified credential. Holds nothing that could be replayed. */
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
  /** The claims as JSON, byte for byte as they were signed or sent. */
  readonly claimsText: string;
  readonly header: JsonObject;
}

/** Why a credential is refused. */
export interface CredentialProblem {
  readonly reason: CredentialReason;
  /** For people, in logs and challenges; holds no part of the credential. */
  readonly detail: string;
  /** Of issuer_unknown and audience_mismatch: for the log alone. */
  readonly mismatch?: Mismatch;
}

/** The problem of a credential whose source has no keys, or keys that are too old. */
export const KEYS_UNAVAILABLE: CredentialProblem = {
  reason: 'keys_unavailable',
  detail: "The issuer's keys have not been read, or not for too long.",
};

export interface CredentialRefusal extends CredentialProblem {
  readonly kind: 'refused';
  /** namespace/name, once it is known which one judges. */
  readonly source: string | undefined;
  /** The credential's client, where its signature is good. For logs and reports alone. */
  readonly client?: string | undefined;
}

/**
 * What became of a credential. `overloaded` stands for a verification that was never begun, because the queue of
 * expensive signatures was full.
 */
export type Verification =
  | { readonly kind: 'verified'; readonly identity: Identity }
  | CredentialRefusal
  | { readonly kind: 'overloaded'; readonly source: string | undefined };
