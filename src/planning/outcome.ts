/** The outcome of a binding over all the sets that have it: the worst result counts. */

import type { StoredBinding } from '../cluster/objects.ts';
import type { BindingResult } from '../compiler/compile.ts';
import { FINDING_REASONS, type FindingReason } from '../resources/reasons.ts';
import { TARGET_REASONS, type TargetProblem, type TargetReason } from '../targets/reasons.ts';
import { invalid } from './source-table.ts';

export type BindingAcceptance =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'refused';
      readonly reason: FindingReason | TargetReason;
      /** Names field or object, the cause and what to do. */
      readonly message: string;
      /** True where nothing gets better until an object is changed. */
      readonly stalled: boolean;
    };

export interface BindingOutcome {
  readonly acceptance: BindingAcceptance;
  /** Ids of its sources that are there and permit it. */
  readonly sources: readonly string[];
  /** Ids of the others. */
  readonly sourcesNotPermitted: readonly string[];
}

/** Whether nothing gets better until an object is changed; other reasons wait for an object, or for their turn. */
export function isStalled(reason: FindingReason | TargetReason): boolean {
  if (isTargetReason(reason)) return TARGET_REASONS[reason].stalled;
  const { severity, cause } = FINDING_REASONS[reason];
  return severity === 'error' && (cause === 'own' || cause === 'other');
}

const isTargetReason = (reason: string): reason is TargetReason => Object.hasOwn(TARGET_REASONS, reason);

/** What the schema and the compiler say comes before what its targets say; among equals the first by its words. */
export function outcomeOf(
  stored: StoredBinding,
  results: readonly BindingResult[],
  problems: readonly TargetProblem[],
): BindingOutcome {
  const [first] = results;
  const lists = {
    sources: first?.sources ?? [],
    sourcesNotPermitted: first?.sourcesNotPermitted ?? [],
  };
  const judged =
    stored.kind === 'refused' ? [invalid(stored.findings)] : results.map(({ acceptance }) => acceptance);
  const refused = judged.filter((acceptance) => acceptance.kind === 'refused');
  const found = refused.length > 0 ? refused : problems.map(asRefusal);
  const [worst] = inOrder<(typeof found)[number]>(found);
  if (worst === undefined) return { acceptance: { kind: 'accepted' }, ...lists };
  return {
    acceptance: {
      kind: 'refused',
      reason: worst.reason,
      message: worst.message,
      stalled: isStalled(worst.reason),
    },
    ...lists,
  };
}

interface Worded {
  readonly reason: string;
  readonly message: string;
}

/** The same for the same problems, in whatever order they were found. */
export function inOrder<T extends Worded>(problems: readonly T[]): readonly T[] {
  const key = ({ reason, message }: Worded): string => `${reason} ${message}`;
  return problems.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

const asRefusal = ({ reason, message, remedy }: TargetProblem) => ({
  reason,
  message: `${message}; ${remedy}`,
});
