/** A report as text for people: what became of the requests, who would be refused, and what to change. */

import { whatIsAsked } from './asked.ts';
import { remedyFor } from './remedies.ts';
import type { BindingReport, Report, ReportRow } from './report.ts';
import { shownText, whoIs } from './who.ts';

/** Rows that a sentence names, and that stand under it. */
const MOST_NAMED = 3;
const MOST_SHOWN = 20;

/** A paragraph for each binding, with its rows. What others have written is harmless to a terminal. */
export function reportText({ from, until, validators, bindings }: Report): string {
  const span = `${minute(from)} to ${minute(until)} UTC, by ${counted(validators, 'validator')}`;
  if (bindings.length === 0) return `No request was judged, ${span}.\n`;
  return [`${span}`, ...bindings.map(bindingText)].join('\n\n').concat('\n');
}

/** How many requests pass now that Enforce, or the Trial as the binding in force, would refuse. */
export const wouldBeRefused = ({ counts }: BindingReport): number =>
  countOf(counts, 'audit_denied') + countOf(counts, 'would_deny');

function bindingText(report: BindingReport): string {
  const { binding, mode, rows } = report;
  const name = binding === null ? 'No binding' : shownText(binding);
  const shown = rows.slice(0, MOST_SHOWN);
  const rest = rows.length - shown.length;
  return [
    `${name}${mode === null ? '' : ` (${shownText(mode)})`}`,
    sentence(report),
    ...(shown.length === 0 ? [] : ['', ...table(shown)]),
    ...(rest > 0 ? [`  and ${counted(rest, 'more row')}: --output json has them`] : []),
    ...remediesOf(shown),
  ].join('\n');
}

/** What becomes of requests, in the order in which it is told. `names` = the callers stand behind it. */
const PARTS: readonly {
  readonly outcome: ReportRow['outcome'];
  readonly text: string;
  readonly names: boolean;
}[] = [
  { outcome: 'allowed', text: 'allowed', names: false },
  { outcome: 'same', text: 'judged as by the binding in force', names: false },
  { outcome: 'denied', text: 'refused', names: true },
  { outcome: 'audit_denied', text: 'would be refused', names: true },
  { outcome: 'would_deny', text: 'would be refused', names: true },
  { outcome: 'would_allow', text: 'would be let in that are refused now', names: true },
  { outcome: 'other_reason', text: 'would get another answer', names: false },
];

/** `12,410 requests: 12,373 allowed, 37 would be refused: 31 by client billing-cron, audience_mismatch; …` */
function sentence({ counts, rows }: BindingReport): string {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const parts = PARTS.flatMap(({ outcome, text, names }) => {
    const count = countOf(counts, outcome);
    if (count === 0) return [];
    const named = names
      ? callers(
          rows.filter((row) => row.outcome === outcome),
          count,
        )
      : '';
    return [`${number(count)} ${text}${named}`];
  });
  return `${counted(total, 'request')}: ${parts.join(', ')}`;
}

function callers(rows: readonly ReportRow[], total: number): string {
  const named = rows.slice(0, MOST_NAMED);
  const rest = total - named.reduce((sum, { count }) => sum + count, 0);
  const parts = named.map((row) => `${number(row.count)} by ${whoIs(row)}, ${shownText(row.reason)}`);
  const all = rest > 0 && named.length > 0 ? [...parts, `${number(rest)} by others`] : parts;
  return all.length === 0 ? '' : `: ${all.join('; ')}`;
}

const HEAD = ['COUNT', 'OUTCOME', 'REASON', 'RULE', 'WHO', 'LAST', 'EXAMPLE'];

function table(rows: readonly ReportRow[]): readonly string[] {
  const cells = rows.map(({ count, outcome, reason, rule, last, example, ...caller }) =>
    [number(count), outcome, reason, rule ?? '-', whoIs(caller), minute(last), whatIsAsked(example)].map(
      shownText,
    ),
  );
  const widths = HEAD.map((head, i) => Math.max(head.length, ...cells.map((line) => line[i]?.length ?? 0)));
  return [HEAD, ...cells].map(
    (line) =>
      `  ${line
        .map((cell, i) => (i === 0 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd()}`,
  );
}

/** Once for each reason; a validator that has seen what the token says knows better than a table. */
function remediesOf(rows: readonly ReportRow[]): readonly string[] {
  const byReason = Map.groupBy(
    rows.filter(({ outcome }) => outcome !== 'would_allow'),
    ({ reason }) => reason,
  );
  const lines = [...byReason].flatMap(([reason, [row]]) => {
    const { tokenSays = null, expected = null, remedy = null, detail = null } = row?.example ?? {};
    const why =
      tokenSays !== null
        ? [`    the token says ${tokenSays}; expected ${expected ?? 'something else'}`]
        : reason === 'request_malformed' && detail !== null
          ? [`    ${detail}`]
          : [];
    const what = remedy ?? remedyFor(reason) ?? `see docs/troubleshooting.md#${reason}`;
    return [`  ${reason}: ${what}`, ...why].map((line) => line.slice(0, 2) + shownText(line.slice(2)));
  });
  return lines.length === 0 ? [] : ['', 'What to change:', ...lines];
}

const countOf = (counts: BindingReport['counts'], outcome: ReportRow['outcome']): number =>
  counts.reduce((sum, tally) => (tally.outcome === outcome ? sum + tally.count : sum), 0);

const number = (count: number): string => count.toLocaleString('en-US');

const counted = (count: number, what: string): string => `${number(count)} ${what}${count === 1 ? '' : 's'}`;

/** `2026-11-29 17:58` of a time of RFC 3339 in UTC. */
const minute = (time: string): string => shownText(time.slice(0, 16).replace('T', ' '));
