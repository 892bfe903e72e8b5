/** Conditions as the API has them: lastTransitionTime moves only when the status flips. */

import type { Condition } from '../resources/types.gen.ts';
import type { ConditionStatus } from './reasons.ts';

/** A condition before it is known since when it holds. */
export interface ConditionNow<T extends string = string> {
  readonly type: T;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
}

/** As long as the CRDs permit. */
const LONGEST_MESSAGE = 32_768;

/** In the order given; those of `before` that are not among them are gone. `now` is RFC 3339. */
export function withTimes(
  findings: readonly ConditionNow[],
  before: readonly Condition[] | undefined,
  generation: number,
  now: string,
): readonly Condition[] {
  return findings.map(({ type, status, reason, message }) => {
    const known = before?.find((condition) => condition.type === type);
    return {
      type,
      status,
      observedGeneration: generation,
      lastTransitionTime: known?.status === status ? known.lastTransitionTime : now,
      reason,
      message: message.slice(0, LONGEST_MESSAGE),
    };
  });
}

/** Ready is what the others are together: the first that is False, else the first that is not True. */
export function readyFrom(parts: readonly ConditionNow[], message: string): ConditionNow<'Ready'> {
  const first =
    parts.find(({ status }) => status === 'False') ?? parts.find(({ status }) => status === 'Unknown');
  if (first === undefined) return { type: 'Ready', status: 'True', reason: 'Ready', message };
  return { type: 'Ready', status: first.status, reason: first.reason, message: first.message };
}

/** There only while it is true; kstatus takes it for a failure. */
export function stalledFrom(isStalled: boolean, message: string): readonly ConditionNow<'Stalled'>[] {
  return isStalled ? [{ type: 'Stalled', status: 'True', reason: 'Refused', message }] : [];
}

/** The path of a field, which is spelled as people write it. */
const FIELD = /^(?:spec|metadata)\b/;

/** As a sentence: with a capital, unless it begins with a field, and a full stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const begun = FIELD.test(trimmed) ? trimmed : `${trimmed.slice(0, 1).toUpperCase()}${trimmed.slice(1)}`;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
