/** Who is refused by a binding, and why, and what Trials beside it would change. */

import { whatIsAsked } from '../../report/asked.ts';
import type { BindingReport, Report, ReportRow } from '../../report/report.ts';
import { countText, outcomesOf, shareOf, sumOf } from '../figures.ts';
import { FactList } from './facts.tsx';
import { Badge, Cell, OUTCOME_WORDS, Said, SaidOr, Table, TimeOfDay, toneOf, ViewLink } from './parts.tsx';

export const reportOfBinding = (report: Report | undefined, name: string): BindingReport | undefined =>
  report?.bindings.find(({ binding }) => binding === name);

interface TrialsProps {
  /** namespace/name. */
  readonly trials: readonly string[];
  readonly report: Report | undefined;
}

export function TrialsBeside({ trials, report }: TrialsProps) {
  if (trials.length === 0) return null;
  return (
    <>
      <h2>Trials beside it</h2>
      <Table
        label="Trials beside this binding, compared with what it decides"
        heads={[
          'Trial',
          { figure: 'Same' },
          { figure: 'Would refuse' },
          { figure: 'Would let in' },
          { figure: 'Other reason' },
        ]}
      >
        {trials.map((id) => {
          const counts = outcomesOf(reportOfBinding(report, id)?.counts ?? []);
          const all = sumOf(counts);
          return (
            <tr key={id}>
              <th scope="row">
                <ViewLink to={{ view: 'binding', name: id }}>
                  <Said text={id} />
                </ViewLink>
              </th>
              <Cell of="Same" look="number">
                {countText(counts.same ?? 0)}
              </Cell>
              <Cell of="Would refuse" look="number">
                {shareOf(counts.would_deny ?? 0, all)}
              </Cell>
              <Cell of="Would let in" look="number">
                {shareOf(counts.would_allow ?? 0, all)}
              </Cell>
              <Cell of="Other reason" look="number">
                {shareOf(counts.other_reason ?? 0, all)}
              </Cell>
            </tr>
          );
        })}
      </Table>
      {trials.map((id) => (
        <RefusedRows key={id} title={`What ${id} would change`} counted={reportOfBinding(report, id)} />
      ))}
    </>
  );
}

export function Refused({ counted }: { readonly counted: BindingReport | undefined }) {
  if (counted !== undefined && counted.rows.length > 0)
    return <RefusedRows title="Who is refused, and why" counted={counted} />;
  return (
    <>
      <h2>Who is refused, and why</h2>
      <p>Nobody in this time.</p>
    </>
  );
}

function RefusedRows({
  title,
  counted,
}: {
  readonly title: string;
  readonly counted: BindingReport | undefined;
}) {
  if (counted === undefined || counted.rows.length === 0) return null;
  return (
    <>
      <h2>
        <Said text={title} />
      </h2>
      <Table label={title} heads={['Caller', 'Why', { figure: 'Requests' }, 'First', 'Last']}>
        {counted.rows.map((row) => (
          <RefusedRow key={keyOf(row)} row={row} />
        ))}
      </Table>
      {counted.unlisted > 0 && (
        <p>{countText(counted.unlisted)} more requests are of callers too rare to be listed.</p>
      )}
    </>
  );
}

const keyOf = ({ outcome, rule, reason, source, client, network, user }: ReportRow): string =>
  JSON.stringify([outcome, rule, reason, source, client, network, user]);

function RefusedRow({ row }: { readonly row: ReportRow }) {
  const { example } = row;
  return (
    <tr>
      <th scope="row">
        <SaidOr text={row.client ?? row.network} none="unknown" />
        {row.user !== null && (
          <small>
            user <Said text={row.user} />
          </small>
        )}
      </th>
      <Cell of="Why">
        <Badge tone={toneOf(row.outcome)} text={row.reason} />
        {row.outcome !== 'denied' && <small>{OUTCOME_WORDS[row.outcome]}</small>}
        <details>
          <summary>
            <span class="code">
              <Said text={whatIsAsked(example)} longest={100} />
            </span>
          </summary>
          <FactList of={{ ...row.example, outcome: row.outcome, rule: row.rule, source: row.source }} />
        </details>
      </Cell>
      <Cell of="Requests" look="number">
        {countText(row.count)}
      </Cell>
      <Cell of="First">
        <TimeOfDay time={row.first} />
      </Cell>
      <Cell of="Last">
        <TimeOfDay time={row.last} />
      </Cell>
    </tr>
  );
}
