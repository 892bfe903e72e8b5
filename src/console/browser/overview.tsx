/** Overview: every binding and source with its state, and how many requests are refused. */

import type { ComponentChildren } from 'preact';
import type { KeyFacts, KeysOfSource } from '../../report/key-facts.ts';
import type { Report } from '../../report/report.ts';
import {
  countText,
  decidedBy,
  type OutcomeCounts,
  outcomesOf,
  rateBetween,
  rateText,
  shareOf,
  sumOf,
} from '../figures.ts';
import {
  bindingStanding,
  fetchedText,
  type PolicyInForce,
  type StateWord,
  shownBindings,
  sourceStanding,
} from '../policy-in-force.ts';
import type { ConsoleData } from './data.ts';
import { Badge, Cell, Figure, Problem, Said, Table, ViewLink } from './parts.tsx';
import { type Polled, usePolled } from './polled.ts';

export function OverviewView({ data, since }: { readonly data: ConsoleData; readonly since: string }) {
  const policy = usePolled(() => data.policy(), 'policy');
  const report = usePolled(() => data.report({ since }), since);
  const health = usePolled(() => data.health(), 'health');
  const keys = usePolled(() => data.keys(), 'keys');
  const problem = policy.problem ?? report.problem ?? keys.problem;
  return (
    <>
      <h1>Overview</h1>
      <Problem text={problem ?? health.value} />
      <Figures report={report} version={policy.value?.version} />
      {policy.value !== undefined && (
        <>
          <Bindings policy={policy.value} report={report} />
          <Sources policy={policy.value} facts={keys.value} />
        </>
      )}
      {policy.value === undefined && problem === undefined && <p>Asking the validator …</p>}
    </>
  );
}

const look = (report: Report) => ({ until: report.until, requests: sumOf(decidedBy(report)) });

function Figures({
  report,
  version,
}: {
  readonly report: Polled<Report>;
  readonly version: string | undefined;
}) {
  const { value, before } = report;
  const counts = value === undefined ? {} : decidedBy(value);
  const all = sumOf(counts);
  const rate = value && rateBetween(before && look(before), look(value));
  return (
    <dl class="figures">
      <Figure name="Requests" value={countText(all)} {...(value && { note: `since ${hour(value.from)}` })} />
      <Figure name="A second, now" value={rateText(rate)} />
      <Figure name="Denied" value={shareOf(counts.denied ?? 0, all)} />
      <Figure name="Audit would deny" value={shareOf(counts.audit_denied ?? 0, all)} />
      <Figure name="Policy" value={(version ?? '…').slice(0, 8)} note="version in force" />
    </dl>
  );
}

const hour = (time: string): string =>
  new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

function Bindings({ policy, report }: { readonly policy: PolicyInForce; readonly report: Polled<Report> }) {
  const countsOf = (name: string | null, of: Report | undefined) =>
    outcomesOf(of?.bindings.find(({ binding }) => binding === name)?.counts ?? []);
  const unbound = countsOf(null, report.value);
  const rateOf = (name: string | null): number | undefined => {
    const { value, before } = report;
    const at = (one: Report) => ({ until: one.until, requests: sumOf(countsOf(name, one)) });
    return value && rateBetween(before && at(before), at(value));
  };
  const rest = (report.value?.bindings ?? []).filter(
    ({ binding }) => binding !== null && !shownBindings(policy).some((one) => one.policy.id === binding),
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
        {shownBindings(policy).map((binding) => {
          const { id } = binding.policy;
          const standing = bindingStanding(binding, policy.sources);
          return (
            <BindingRow
              key={`${binding.mode} ${id}`}
              mode={binding.mode}
              standing={standing}
              counts={countsOf(id, report.value)}
              rate={rateOf(id)}
            >
              <ViewLink to={{ view: 'binding', name: id }}>
                <Said text={id} />
              </ViewLink>
            </BindingRow>
          );
        })}
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
  readonly counts: OutcomeCounts;
  readonly rate: number | undefined;
  readonly children: ComponentChildren;
}

function BindingRow({ mode, standing, counts, rate, children }: BindingRowProps) {
  // Of a Trial or an Audit, what they would refuse.
  const refused = (counts.denied ?? 0) + (counts.audit_denied ?? 0) + (counts.would_deny ?? 0);
  const all = sumOf(counts);
  return (
    <tr>
      <th scope="row">{children}</th>
      <Cell of="Mode">{mode}</Cell>
      <Cell of="State">
        <State standing={standing} />
      </Cell>
      <Cell of="Requests" look="number">
        {countText(all)}
      </Cell>
      <Cell of="A second" look="number">
        {rateText(rate)}
      </Cell>
      <Cell of="Refused" look="number">
        {shareOf(refused, all)}
      </Cell>
    </tr>
  );
}

export function State({ standing }: { readonly standing: StateWord }) {
  return (
    <>
      <Badge tone={standing.good ? 'good' : 'warn'} text={standing.word} />
      {standing.why !== undefined && (
        <small>
          <Said text={standing.why} longest={300} />
        </small>
      )}
    </>
  );
}

function Sources({
  policy,
  facts,
}: {
  readonly policy: PolicyInForce;
  readonly facts: KeyFacts | undefined;
}) {
  return (
    <>
      <h2>Sources</h2>
      <Table
        label="Sources"
        heads={['Source', 'State', { figure: 'Keys' }, 'Fetched', { figure: 'Bindings' }]}
      >
        {policy.sources.map((source) => {
          const age = keysOf(facts, source.id)?.age;
          return (
            <tr key={source.id}>
              <th scope="row">
                <ViewLink to={{ view: 'source', name: source.id }}>
                  <Said text={source.id} />
                </ViewLink>
              </th>
              <Cell of="State">
                <State standing={sourceStanding(source, age)} />
              </Cell>
              <Cell of="Keys" look="number">
                {countText(source.keyCount)}
              </Cell>
              <Cell of="Fetched">{fetchedText(source, age)}</Cell>
              <Cell of="Bindings" look="number">
                {countText(bindingsUsing(source.id, policy).length)}
              </Cell>
            </tr>
          );
        })}
      </Table>
    </>
  );
}

export const keysOf = (facts: KeyFacts | undefined, name: string): KeysOfSource | undefined =>
  facts?.sources.find(({ source }) => source === name);

/** The bindings that take tokens of a source. */
export const bindingsUsing = (source: string, policy: PolicyInForce) =>
  shownBindings(policy).filter(
    ({ policy: { judgement } }) => judgement.kind === 'rules' && judgement.sources.includes(source),
  );
