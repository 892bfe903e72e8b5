/** What a validator remembers of its decisions: exact counts, and who was refused most often. Bounded in size and in work. */

import type { Clock } from '../base/clock.ts';
import type { Steps } from '../base/steps.ts';
import { createHourClock } from './hour-clock.ts';
import { callerOf, detailsOf, type NetworkOf, type NotedCall, type NotedDecision, told } from './noted.ts';
import type { RequestOutcome } from './outcome.ts';
import type { BindingReport, Report } from './report.ts';
import { createDecisionTallies } from './tallies.ts';
import { createTopRows, type TopRow } from './top-rows.ts';

export interface ReportQuestion {
  /** Milliseconds back from now; what is told begins with an hour. */
  readonly since: number;
  /** namespace/name; undefined = all. */
  readonly binding: string | undefined;
  /** The mode of a binding in the policy in force; undefined = it has none of that name. */
  readonly modeOf: (binding: string) => string | undefined;
}

export interface DecisionMemory {
  /** Counts a decision, and keeps whom it refuses. An allowed request costs one counter. */
  note(call: NotedCall, decision: NotedDecision, outcome: RequestOutcome): void;
  /** Returns the report as JSON. It is made in steps, because thousands of rows take milliseconds. */
  tell(question: ReportQuestion): Steps<string>;
  /** Bytes that it keeps, counted with care. */
  bytes(): number;
}

export interface DecisionMemoryParts {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly networkOf: NetworkOf;
}

/** What making one row costs, in the steps of `inTurns`. */
const ROW_COST = 16;

export function createDecisionMemory({ clock, networkOf }: DecisionMemoryParts): DecisionMemory {
  const tallies = createDecisionTallies();
  const rows = createTopRows();
  const hours = createHourClock(clock, (slot) => {
    tallies.clear(slot);
    rows.clear(slot);
  });

  const ofBinding = (
    binding: string,
    slots: readonly number[],
    modeOf: ReportQuestion['modeOf'],
  ): BindingReport => ({
    binding: told(binding),
    mode: modeOf(binding) ?? null,
    counts: tallies
      .of(binding)
      .map(({ rule, outcome, reason, count }) => ({
        rule: told(rule),
        outcome,
        reason,
        count: count.of(slots),
      }))
      .filter(({ count }) => count > 0),
    rows: rows
      .of(binding)
      .map((row) => ({ row, count: row.count.of(slots) }))
      .filter(({ count }) => count > 0)
      .sort((one, other) => other.count - one.count)
      .map(({ row, count }) => shownRow(row, count)),
    unlisted: rows.unlisted(binding)?.of(slots) ?? 0,
  });

  return {
    note({ request, client }, decision, outcome) {
      const slot = hours.slot();
      const { rule = '', reason } = decision;
      const binding = tallies.add(decision.binding ?? '', rule, outcome, reason, slot);
      if (outcome === 'allowed' || outcome === 'same') return;
      const key = { ...callerOf(decision, client, networkOf), outcome, rule, reason };
      rows.add(binding, key, { slot, now: clock.now() }, () => detailsOf(decision, request));
    },
    *tell({ since, binding: only, modeOf }) {
      const { slots, from } = hours.covering(since);
      const parts: string[] = [];
      for (const binding of [...tallies.bindings()].sort()) {
        if (only !== undefined && binding !== only) continue;
        const report = ofBinding(binding, slots, modeOf);
        if (report.counts.length > 0) parts.push(JSON.stringify(report));
        yield ROW_COST * (1 + report.counts.length + report.rows.length);
      }
      const { bindings, ...head } = {
        format: 1,
        from: new Date(from).toISOString(),
        until: new Date(clock.now()).toISOString(),
        validators: 1,
        bindings: [],
      } satisfies Report;
      return `${JSON.stringify(head).slice(0, -1)},"bindings":[${parts.join(',')}]}\n`;
    },
    bytes: () => tallies.bytes() + rows.bytes(),
  };
}

function shownRow({ key, example, first, last }: TopRow, count: number): BindingReport['rows'][number] {
  return {
    outcome: key.outcome,
    rule: told(key.rule),
    reason: key.reason,
    source: told(key.source),
    client: told(key.client),
    network: told(key.network),
    user: told(key.user),
    count,
    first: new Date(first).toISOString(),
    last: new Date(last).toISOString(),
    example: {
      method: example.method,
      path: example.path,
      mcpMethod: told(example.mcpMethod),
      mcpName: told(example.mcpName),
      requestId: told(example.requestId),
      detail: told(example.detail),
      tokenSays: told(example.tokenSays),
      expected: told(example.expected),
      remedy: told(example.remedy),
    },
  };
}
