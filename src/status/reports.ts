/** What a validator is to enforce, and what counts of its report for one binding: older versions know less. */

import { olderProblem, policyFor } from '../planning/older-validators.ts';
import { TAKES_ALL } from '../policy/exchange.ts';
import type { Policy } from '../policy/policy.ts';
import type { Acknowledgement, PodSurroundings } from './pod-facts.ts';

export function reportFor(
  binding: string,
  policy: Policy | undefined,
  report: Acknowledgement | undefined,
): Pick<PodSurroundings, 'expected' | 'report'> {
  if (policy === undefined) return { expected: undefined, report };
  const taken = report?.takes ?? TAKES_ALL;
  const { version } = policyFor(policy, taken);
  const reason = olderProblem(policy, binding, taken);
  if (reason === undefined) return { expected: version, report };
  // It has applied its policy, and judges by another binding than is written.
  return { expected: version, report: { version: undefined, rejected: { version, reason } } };
}
