/** One report of several validators': counts are added up, and rows of the same caller are one. */

import type { BindingReport, Report, ReportRow } from './report.ts';
import { MAX_ROWS } from './top-rows.ts';

/** Every order of them makes the same report, but for the example of a row, which is of the first that has it. */
export function mergeReports(reports: readonly [Report, ...Report[]]): Report {
  const newestFirst = reports.toSorted((one, other) => compare(other.until, one.until));
  const byBinding = Map.groupBy(
    newestFirst.flatMap(({ bindings }) => bindings),
    ({ binding }) => binding,
  );
  return {
    format: 1,
    from: reports.map(({ from }) => from).toSorted(compare)[0] ?? reports[0].from,
    until: newestFirst[0]?.until ?? reports[0].until,
    validators: sum(reports.map(({ validators }) => validators)),
    bindings: [...byBinding.values()]
      .map(mergeBindings)
      .sort((one, other) => compare(one.binding ?? '', other.binding ?? '')),
  };
}

/** The newest first: its mode counts, for it knows the policy in force. */
function mergeBindings(reports: readonly BindingReport[]): BindingReport {
  const rows = mergeRows(reports.flatMap((report) => report.rows));
  const counts = Map.groupBy(
    reports.flatMap((report) => report.counts),
    ({ rule, outcome, reason }) => JSON.stringify([rule, outcome, reason]),
  );
  return {
    binding: reports[0]?.binding ?? null,
    mode: reports.find(({ mode }) => mode !== null)?.mode ?? null,
    counts: [...counts.values()].flatMap(([first, ...others]) =>
      first === undefined ? [] : [{ ...first, count: first.count + sum(others.map(({ count }) => count)) }],
    ),
    rows: rows.slice(0, MAX_ROWS),
    unlisted:
      sum(reports.map(({ unlisted }) => unlisted)) + sum(rows.slice(MAX_ROWS).map(({ count }) => count)),
  };
}

function mergeRows(rows: readonly ReportRow[]): readonly ReportRow[] {
  const byCaller = Map.groupBy(rows, ({ outcome, rule, reason, source, client, network, user }) =>
    JSON.stringify([outcome, rule, reason, source, client, network, user]),
  );
  return [...byCaller.values()]
    .flatMap((same) => {
      const [earliest] = same.toSorted((one, other) => compare(one.first, other.first));
      const last = same
        .map((row) => row.last)
        .toSorted(compare)
        .at(-1);
      if (earliest === undefined || last === undefined) return [];
      return [{ ...earliest, last, count: sum(same.map(({ count }) => count)) }];
    })
    .sort((one, other) => other.count - one.count);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Times of RFC 3339 in UTC, as validators write them, stand in the order of their texts. */
const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
