/** Every binding with its state, and how many requests it refuses. */

import type { ComponentChildren } from 'preact';
import type { Report } from '../../report/report.ts';
import { type BindingTold, standingTold } from '../cluster-told.ts';
import {
  countText,
  type OutcomeCounts,
  outcomesOf,
  rateBetween,
  rateText,
  shareOf,
  sumOf,
  toldReport,
} from '../figures.ts';
import { bindingStanding, type PolicyInForce, type StateWord, shownBindings } from '../policy-in-force.ts';
import { Cell, Said, Table, ViewLink } from './parts.tsx';
import type { Polled } from './polled.ts';
import { State } from './state.tsx';

/** What a binding's row shows beside its counts. */
interface BindingShown {
  readonly id: string;
  readonly mode: string;
  readonly standing: StateWord;
}

export const bindingsInForce = (policy: PolicyInForce): readonly BindingShown[] =>
  shownBindings(policy).map((binding) => ({
    id: binding.policy.id,
    mode: binding.mode,
    standing: bindingStanding(binding, policy.sources),
  }));

const bindingShown = (binding: BindingTold): BindingShown => ({
  id: binding.id,
  mode: binding.mode,
  standing: standingTold(binding),
});

export const bindingsTold = (bindings: readonly BindingTold[]): readonly BindingShown[] =>
  bindings.map(bindingShown);

export function BindingsTable({
  rows,
  report,
}: {
  readonly rows: readonly BindingShown[];
  readonly report: Polled<Report>;
}) {
  const countsOf = (name: string | null, of: Report | undefined) =>
    outcomesOf(of?.bindings.find(({ binding }) => binding === name)?.counts ?? []);
  const told = toldReport(report.value);
  const unbound = countsOf(null, told);
  const rateOf = (name: string | null): number | undefined => {
    const { value, before } = report;
    const at = (one: Report) => ({
      until: one.until,
      requests: sumOf(countsOf(name, one)),
      validators: one.validators,
    });
    return value && rateBetween(before && at(before), at(value));
  };
  const known = new Set(rows.map(({ id }) => id));
  const rest = (report.value?.bindings ?? []).filter(
    ({ binding }) => binding !== null && !known.has(binding),
  );
  return (
    <>
      <h2>Bindings</h2>
      <Table
        label="Bindings"
        heads={[
          'Binding',
          'Mode',
          'State',
          { figure: 'Requests' },
          { figure: 'A second' },
          { figure: 'Refused' },
        ]}
      >
        {rows.map(({ id, mode, standing }) => (
          <BindingRow
            key={`${mode} ${id}`}
            mode={mode}
            standing={standing}
            counts={told && countsOf(id, told)}
            rate={rateOf(id)}
          >
            <ViewLink to={{ view: 'binding', name: id }}>
              <Said text={id} />
            </ViewLink>
          </BindingRow>
        ))}
        {rest.map(({ binding, counts }) => (
          <BindingRow
            key={`gone ${binding}`}
            mode="–"
            standing={GONE}
            counts={outcomesOf(counts)}
            rate={rateOf(binding)}
          >
            <Said text={binding ?? ''} />
          </BindingRow>
        ))}
        {sumOf(unbound) > 0 && (
          <BindingRow mode="–" standing={UNBOUND} counts={unbound} rate={rateOf(null)}>
            No binding
          </BindingRow>
        )}
      </Table>
    </>
  );
}

const GONE: StateWord = { good: false, word: 'Not in force any more', why: undefined };
const UNBOUND: StateWord = { good: false, word: 'No binding for these hosts', why: undefined };

interface BindingRowProps {
  readonly mode: string;
  readonly standing: StateWord;
  /** Undefined while they are not known. */
  readonly counts: OutcomeCounts | undefined;
  readonly rate: number | undefined;
  readonly children: ComponentChildren;
}

function BindingRow({ mode, standing, counts, rate, children }: BindingRowProps) {
  // Of a Trial or an Audit, what they would refuse.
  const { denied = 0, audit_denied = 0, would_deny = 0 } = counts ?? {};
  const all = sumOf(counts ?? {});
  return (
    <tr>
      <th scope="row">{children}</th>
      <Cell of="Mode">{mode}</Cell>
      <Cell of="State">
        <State standing={standing} />
      </Cell>
      <Cell of="Requests" look="number">
        {counts === undefined ? '–' : countText(all)}
      </Cell>
      <Cell of="A second" look="number">
        {counts === undefined ? '–' : rateText(rate)}
      </Cell>
      <Cell of="Refused" look="number">
        {counts === undefined ? '–' : shareOf(denied + audit_denied + would_deny, all)}
      </Cell>
    </tr>
  );
}
