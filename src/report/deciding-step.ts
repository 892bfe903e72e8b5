/** Which of the steps to a decision has decided. */

export interface NotedStep {
  /** `rule`, `token`, …; the last is `answer`. */
  readonly step: string;
  readonly finding: string;
}

/** The index of the last step that names the reason, and where none does, of the last before the answer; -1 where there is none. */
export function decidingStep({
  steps,
  reason,
}: {
  readonly steps: readonly NotedStep[];
  readonly reason: string;
}): number {
  const naming = steps.findLastIndex(({ step, finding }) => step !== 'answer' && finding.includes(reason));
  return naming >= 0 ? naming : steps.findLastIndex(({ step }) => step !== 'answer');
}
