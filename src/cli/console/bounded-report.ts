/** Bounds what all validators tell in one report: a page reads it, and a pod that lies may tell of thousands of bindings. */

import type { Report } from '../../report/report.ts';
import { withinLength } from './within-length.ts';

/** Characters of the bindings that there are, and of those that there are no more, or never were. */
const MOST_THERE = 16 * 1024 * 1024;
const MOST_GONE = 1024 * 1024;
/** Bindings that are gone. */
const MOST_OTHERS = 200;

interface BoundedReport {
  readonly report: Report;
  /** A sentence where something is left out. */
  readonly leftOut: readonly string[];
}

/** @param there namespace/name. */
export function boundedReport(report: Report, there: ReadonlySet<string>): BoundedReport {
  const isThere = ({ binding }: Report['bindings'][number]): boolean =>
    binding === null || there.has(binding);
  const own = withinLength(report.bindings.filter(isThere), MOST_THERE);
  const gone = report.bindings.filter((one) => !isThere(one));
  const others = withinLength(gone.slice(0, MOST_OTHERS), MOST_GONE);
  const kept = new Set([...own.kept, ...others.kept]);
  const count = report.bindings.length - kept.size;
  return {
    report: { ...report, bindings: report.bindings.filter((one) => kept.has(one)) },
    leftOut:
      count === 0
        ? []
        : [
            `the counts of ${count} of ${report.bindings.length} bindings are too long to be shown: see portcullis report`,
          ],
  };
}
