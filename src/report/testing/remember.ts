/** A memory under a manual clock, half past an hour, and its report as a reader of the admin address gets it. */

import { finishSteps } from '../../base/steps.ts';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { createDecisionMemory, type ReportQuestion } from '../memory.ts';
import { type BindingReport, type Report, readReport } from '../report.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export function remember() {
  const clock = manualClock(Date.UTC(2026, 10, 29, 17, 30));
  const memory = createDecisionMemory({ clock, networkOf: (address) => address ?? '' });
  const report = (question: Partial<ReportQuestion> = {}): Report => {
    const text = finishSteps(
      memory.tell({ since: DAY, binding: undefined, modeOf: () => 'Audit', ...question }),
    );
    const read = readReport(JSON.parse(text));
    if (read.kind === 'refused') throw new Error(read.problem);
    return read.report;
  };
  const of = (binding: string | null, question: Partial<ReportQuestion> = {}): BindingReport => {
    const found = report(question).bindings.find((one) => one.binding === binding);
    if (found === undefined) throw new Error(`no ${binding}`);
    return found;
  };
  return { clock, memory, report, of };
}

export const sum = (counted: readonly { readonly count: number }[]): number =>
  counted.reduce((total, { count }) => total + count, 0);
