/**
 * What every kind of source has to be able to do: read its part of the policy, and judge the credentials of a binding
 * that uses its sources. Everything behind it (rules, forwarding, cache, queue, answers) is the same for all kinds.
 */

import type { JsonObject } from '../base/json.ts';
import type { Steps } from '../base/steps.ts';
import type { PolicyUpdate, SourcePolicy } from '../policy/policy.ts';
import type { Shape } from '../policy/shape.ts';
import type { CredentialRefusal, Identity, Verification } from './verification.ts';

export interface SourceKind {
  /** How the policy of such a source stands on the wire. */
  readonly shape: Shape<SourcePolicy>;
  /** Prepares the sources of this kind that an update holds, and passes over the others. */
  prepare(update: PolicyUpdate): PreparedSources;
  /** Does in steps, and remembers, what takes time of `prepare`: afterwards that takes little. */
  prepareInSteps(update: PolicyUpdate): Steps<void>;
}

/** All sources of one kind in a policy. */
export interface PreparedSources {
  /** What their expressions and regular expressions take up, in instructions. */
  readonly taken: number;
  /** What judges for a binding that may use the sources of these ids; undefined where none of them is of this kind. */
  judgeFor(ids: readonly string[]): Judge | undefined;
}

/** A source that is prepared. */
export interface Source {
  /** namespace/name. */
  readonly id: string;
  readonly uid: string;
  /** Every identity needs one of these roles; empty = none is asked for. */
  readonly roles: readonly string[];
  /** Names everything that a verification depends on but the time: object, revision and keys. */
  readonly cacheKey: string;
}

/** Judges the credentials that are shown to one binding, by those of its sources that are of one kind. */
export interface Judge {
  /** Never empty. */
  readonly sources: readonly Source[];
  /** Whether a credential has the form of this kind's. What no kind takes is judged by the first of a binding's judges. */
  takes(credential: string): boolean;
  /** Judges all that can be judged at once and cheaply. `now` in Unix seconds. Never throws. */
  inspect(credential: string, now: number): Inspection;
  /** Whether an identity that the source vouched for before, under the same `cacheKey`, still stands. */
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

/** A credential against which only its proof, and what that proof vouches for, can still speak. */
export interface Job {
  readonly source: Source;
  /** The proof takes so long that it belongs off the main thread. */
  readonly isDear: boolean;
  /** Where the proof fails, fresh keys of the source may hold the one that makes it good. */
  readonly isKeyUnknown: boolean;
  /** True if the proof is good: on this thread. */
  prove(): boolean;
  /** The same on the thread pool. Never rejects. */
  proveAsync(): Promise<boolean>;
  /** The verdict. A kind that has to ask somebody first gives it later; it bounds that itself, and never rejects. */
  conclude(isProven: boolean): Conclusion | Promise<Conclusion>;
}

export type Conclusion =
  | {
      readonly kind: 'verified';
      readonly identity: Identity;
      /** What `recheck` looks at when the identity is used again; undefined = it is not kept. */
      readonly lasting: JsonObject | undefined;
      /** The claim that would be the user's id, and cannot be spelt, so that the next one counts; undefined = there is none. */
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

/** The whole way at once, on this thread: for tools, and wherever nobody else is waiting. */
export function verifyCredential(
  judge: Judge,
  credential: string,
  now: number,
): Conclusion | Promise<Conclusion> {
  const inspection = judge.inspect(credential, now);
  if (inspection.kind === 'refused') return inspection.refusal;
  const { job } = inspection;
  return job.conclude(job.prove());
}

/** The one of a binding's judges that judges a credential; undefined where it has none. */
export function judgeOf(judges: readonly Judge[], credential: string): Judge | undefined {
  return judges.length > 1 ? (judges.find((judge) => judge.takes(credential)) ?? judges[0]) : judges[0];
}
