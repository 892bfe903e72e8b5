/** A check finds the problem of a credential or a request, and explains what it has found. */

import type { CredentialProblem } from './verification.ts';

export interface Check<Look, Problem> {
  /** Returns why the credential or request is refused; undefined where the check holds. */
  readonly problem: (look: Look) => Problem | undefined;
  /** Returns what was found and what was expected. `problem` is what `problem` returned for the same look. */
  readonly findings: (look: Look, problem: Problem | undefined) => readonly string[];
}

export type CredentialCheck<Look> = Check<Look, CredentialProblem>;

/** Returns the problem of the first check that has one. */
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

/** Returns the findings of every check, up to the first that has a problem. */
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
