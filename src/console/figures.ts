/** Figures of a report: what is added up, and how often something happens. */

import type { RequestOutcome } from '../report/outcome.ts';
import type { BindingReport, Report } from '../report/report.ts';

/** Requests by how they ended. */
export type OutcomeCounts = Readonly<Partial<Record<RequestOutcome, number>>>;

export function outcomesOf(counts: BindingReport['counts']): OutcomeCounts {
  const sums: Partial<Record<RequestOutcome, number>> = {};
  for (const { outcome, count } of counts) sums[outcome] = (sums[outcome] ?? 0) + count;
  return sums;
}

export const sumOf = (counts: OutcomeCounts): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

const ofTrial = new Set<RequestOutcome>(['same', 'would_deny', 'would_allow', 'other_reason']);

/** Of bindings that decide: a Trial counts the same requests once more. */
export function decidedBy(report: Report): OutcomeCounts {
  return outcomesOf(
    report.bindings.flatMap(({ counts }) => counts).filter(({ outcome }) => !ofTrial.has(outcome)),
  );
}

/** Undefined where nobody has told anything: nothing is known then, which is not that nothing came. */
export const toldReport = (report: Report | undefined): Report | undefined =>
  report?.validators === 0 ? undefined : report;

export interface RequestLook {
  readonly until: string;
  readonly requests: number;
  /** How many have told of them. */
  readonly validators: number;
}

/** Requests a second between two looks; undefined = that cannot be said. */
export function rateBetween(before: RequestLook | undefined, now: RequestLook): number | undefined {
  // Of one that has not told before, or does not now, nobody knows in which time its requests came.
  if (before === undefined || before.validators !== now.validators) return undefined;
  const seconds = (Date.parse(now.until) - Date.parse(before.until)) / 1000;
  const requests = now.requests - before.requests;
  // An hour that was forgotten, or a validator that was started anew.
  return seconds > 0 && requests >= 0 ? requests / seconds : undefined;
}

/** "37 (0.3 %)". */
export function shareOf(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0';
  const percent = (100 * part) / whole;
  const text = percent < 0.1 ? '<0.1' : percent.toFixed(percent >= 10 ? 0 : 1);
  return `${countText(part)} (${text} %)`;
}

export const countText = (count: number): string => count.toLocaleString('en');

export function rateText(rate: number | undefined): string {
  if (rate === undefined) return '…';
  return rate >= 100 ? countText(Math.round(rate)) : rate.toFixed(1);
}

const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** In the largest unit that fits, as "12 min". */
export function ageText(seconds: number): string {
  const [length, unit] = UNITS.find(([one]) => seconds >= one) ?? [1, 's'];
  return `${Math.floor(seconds / length)} ${unit}`;
}
