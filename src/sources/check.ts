/** A check finds what speaks against a credential or a request, and explains to people what it has found. */

import type { CredentialProblem } from './verification.ts';

export interface Check<Look, Problem> {
  /** What speaks against it; undefined where the check holds. */
  readonly problem: (look: Look) => Problem | undefined;
  /** What was found, and what was expected. `problem` is what this check has said of the same. */
  readonly findings: (look: Look, problem: Problem | undefined) => readonly string[];
}

export type CredentialCheck<Look> = Check<Look, CredentialProblem>;

/** Judges: the problem of the first check that has one. */
export function firstProblem<Look, Problem>(
  checks: readonly Check<Look, Problem>[],
  look: Look,
): Problem | undefined {
  for (const { problem } of checks) {
    const found = problem(look);
    if (found !== undefined) return found;
  }
  return undefined;
}

export interface Explained<Problem> {
  readonly findings: readonly string[];
  readonly problem: Problem | undefined;
}

/** Explains: the findings of every check, up to the first that has a problem. */
export function explainChecks<Look, Problem>(
  checks: readonly Check<Look, Problem>[],
  look: Look,
): Explained<Problem> {
  const findings: string[] = [];
  for (const check of checks) {
    const problem = check.problem(look);
    findings.push(...check.findings(look, problem));
    if (problem !== undefined) return { findings, problem };
  }
  return { findings, problem: undefined };
}
