/** Overview: every binding and source with its state, how many requests are refused, and what nothing guards. */

import type { Report } from '../../report/report.ts';
import { type ClusterTold, openFigure } from '../cluster-told.ts';
import { countText, decidedBy, rateBetween, rateText, shareOf, sumOf, toldReport } from '../figures.ts';
import { BindingsTable, bindingsInForce, bindingsTold } from './bindings-table.tsx';
import type { ConsoleData } from './data.ts';
import { Figure, Missing, Problem, Said } from './parts.tsx';
import { type Polled, usePolled } from './polled.ts';
import { SourcesTable, sourcesInForce, sourcesTold } from './sources-table.tsx';
import { Unguarded } from './unguarded.tsx';

export function OverviewView({ data, since }: { readonly data: ConsoleData; readonly since: string }) {
  const cluster = usePolled(() => data.cluster(), 'cluster');
  const policy = usePolled(() => data.policy(), 'policy');
  const report = usePolled(() => data.report(since), since);
  const health = usePolled(() => data.health(), 'health');
  const keys = usePolled(() => data.keys(), 'keys');
  const problem = cluster.problem ?? policy.problem ?? report.problem ?? keys.problem;
  const told = cluster.value;
  return (
    <>
      {told && (
        <p class="kind">
          <Said text={told.place} />
        </p>
      )}
      <h1>Overview</h1>
      <Problem text={problem ?? health.value} />
      <Missing texts={[...cluster.missing, ...report.missing]} />
      <Figures report={report} version={policy.value?.version} told={told} />
      {told === null && policy.value !== undefined && (
        <>
          <BindingsTable rows={bindingsInForce(policy.value)} report={report} />
          <SourcesTable rows={sourcesInForce(policy.value, keys.value)} />
        </>
      )}
      {told && (
        <>
          <BindingsTable rows={bindingsTold(told.bindings)} report={report} />
          <SourcesTable rows={sourcesTold(told.sources, keys.value)} />
          <Unguarded unguarded={told.unguarded} />
        </>
      )}
      {(told === undefined || policy.value === undefined) && problem === undefined && <p>Asking …</p>}
    </>
  );
}

const look = (report: Report) => ({
  until: report.until,
  requests: sumOf(decidedBy(report)),
  validators: report.validators,
});

interface FiguresProps {
  readonly report: Polled<Report>;
  readonly version: string | undefined;
  readonly told: ClusterTold | null | undefined;
}

function Figures({ report, version, told }: FiguresProps) {
  const value = toldReport(report.value);
  const before = toldReport(report.before);
  const counts = value === undefined ? {} : decidedBy(value);
  const all = sumOf(counts);
  const rate = value && rateBetween(before && look(before), look(value));
  const toldOrNot = (text: string): string =>
    value !== undefined ? text : report.value === undefined ? '…' : '–';
  return (
    <dl class="figures">
      <Figure
        name="Requests"
        value={toldOrNot(countText(all))}
        {...(value && { note: `since ${hour(value.from)}` })}
      />
      <Figure name="A second, now" value={toldOrNot(rateText(rate))} />
      <Figure name="Denied" value={toldOrNot(shareOf(counts.denied ?? 0, all))} />
      <Figure name="Audit would deny" value={toldOrNot(shareOf(counts.audit_denied ?? 0, all))} />
      {!told ? (
        <Figure name="Policy" value={(version || '…').slice(0, 8)} note="version in force" />
      ) : (
        <>
          <Figure name="Not guarded" {...openFigure(told)} />
          <Figure
            name="Validators"
            value={report.value === undefined ? '…' : countText(report.value.validators)}
            note="have answered"
          />
        </>
      )}
    </dl>
  );
}

const hour = (time: string): string =>
  new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
