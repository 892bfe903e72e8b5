/**
 * What every kind of source must do: read its part of the policy, and verify the credentials of a binding that uses its
 * sources. JWT is the only kind so far. All that follows (rules, forwarding, cache, queue, answers) is the same for each.
 */

import type { JsonObject } from '../base/json.ts';
import type { Steps } from '../base/steps.ts';
import type { PolicyUpdate, SourcePolicy } from '../policy/policy.ts';
import type { Shape } from '../policy/shape.ts';
import type { CredentialRefusal, Identity, Verification } from './verification.ts';

export interface SourceKind {
  /** The shape of such a source's policy on the wire. */
  readonly shape: Shape<SourcePolicy>;
  /** Prepares the sources of this kind that an update holds, and passes over the others. */
  prepare(update: PolicyUpdate): Steps<PreparedSources>;
}

/** All sources of one kind in a policy. */
export interface PreparedSources {
  /** The size of their expressions and regular expressions, in instructions. */
  readonly taken: number;
  /**
   * The verifier of a binding that may use the sources of these ids; undefined where none of them is of this kind.
   *
   * @param audiences one of them must be in each credential, whatever the sources say of audiences; a kind whose
   * credentials name none must refuse them all. Undefined = what the sources say.
   */
  verifierFor(ids: readonly string[], audiences: readonly string[] | undefined): Verifier | undefined;
}

/** A source that is prepared. */
export interface Source {
  /** namespace/name. */
  readonly id: string;
  readonly uid: string;
  /** Every identity needs one of these roles; empty = no role is needed. */
  readonly roles: readonly string[];
  /** Seconds by which its clock may differ from ours. */
  readonly clockSkew: number;
  /** Names everything that a verification depends on but the time: object, revision, keys, and a binding's own audiences. */
  readonly cacheKey: string;
}

/** Verifies the credentials that requests show to one binding, by those of its sources that are of one kind. */
export interface Verifier {
  /** Never empty. */
  readonly sources: readonly Source[];
  /** Whether a credential has the form of this kind. One that no kind takes goes to the first verifier of a binding. */
  takes(credential: string): boolean;
  /** Does all checks that are cheap and need no waiting. `now` in Unix seconds. Never throws. */
  inspect(credential: string, now: number): Inspection;
  /** Whether an identity that the source verified before, under the same `cacheKey`, is still valid. */
  recheck(source: Source, lasting: JsonObject, now: number): Recheck;
  /**
   * Findings for people who ask why: what was found in the credential and what was expected, up to what refuses it.
   * Quotes no secret.
   */
  describe(credential: string, now: number, verdict: Verification): readonly string[];
}

export type Inspection =
  | { readonly kind: 'verify'; readonly job: Job }
  | {
      readonly kind: 'refused';
      readonly refusal: CredentialRefusal;
      /** Set where fresh keys of this source may lead to another verdict. */
      readonly refresh?: Source;
    };

/** A credential of which only the signature, and the claims that it signs, are still to be checked. */
export interface Job {
  readonly source: Source;
  /** True where checking the signature takes so long that it must not be done on the main thread. */
  readonly isSlow: boolean;
  /** True where fresh keys of the source may include the one that made the signature. */
  readonly isKeyUnknown: boolean;
  /** Returns true if the signature is good. It computes on this thread. */
  checkSignature(): boolean;
  /** The same on the thread pool. Never rejects. */
  checkSignatureAsync(): Promise<boolean>;
  /**
   * Returns the verdict. A kind that must ask its identity provider first returns a promise, which never rejects; the kind
   * itself bounds the time that it takes.
   */
  conclude(signatureIsGood: boolean): Conclusion | Promise<Conclusion>;
}

export type Conclusion =
  | {
      readonly kind: 'verified';
      readonly identity: Identity;
      /** What `recheck` looks at when the identity is used again; undefined = it is not kept. */
      readonly lasting: JsonObject | undefined;
      /** The claim that would be the user's id but cannot be written as text, so that the next one counts; undefined = none. */
      readonly unspeltUser: string | undefined;
    }
  | CredentialRefusal;

export type Recheck =
  | { readonly kind: 'stands' }
  /** Another binding keeps it under a source that this binding would not choose. */
  | { readonly kind: 'foreign' }
  | CredentialRefusal;

/** Longer credentials are refused unread. */
export const MAX_CREDENTIAL_LENGTH = 16 * 1024;

/** Returns the one of a binding's verifiers that takes a credential; undefined where it has none. */
export function verifierOf(verifiers: readonly Verifier[], credential: string): Verifier | undefined {
  if (verifiers.length <= 1) return verifiers[0];
  return verifiers.find((verifier) => verifier.takes(credential)) ?? verifiers[0];
}
