/** One binding: its rules in order with what they did, who is refused and why, and Trials beside it. */

import type { BindingReport, Report, ReportRow } from '../../report/report.ts';
import { countText, outcomesOf, shareOf, sumOf } from '../figures.ts';
import {
  bindingStanding,
  type PolicyInForce,
  type ShownBinding,
  shownBindings,
  trialsBeside,
} from '../policy-in-force.ts';
import { matchText, requirementLines } from '../rule-text.ts';
import type { ConsoleData } from './data.ts';
import { State } from './overview.tsx';
import {
  Badge,
  Cell,
  OUTCOME_WORDS,
  Problem,
  Said,
  SaidOr,
  Table,
  TimeOfDay,
  toneOf,
  ViewLink,
} from './parts.tsx';
import { usePolled } from './polled.ts';

interface BindingProps {
  readonly data: ConsoleData;
  /** namespace/name */
  readonly name: string;
  readonly since: string;
}

export function BindingView({ data, name, since }: BindingProps) {
  const policy = usePolled(() => data.policy(), 'policy');
  const report = usePolled(() => data.report({ since }), since);
  const shown = policy.value && shownBindings(policy.value).find((one) => one.policy.id === name);
  const counted = reportOf(report.value, name);
  return (
    <>
      <p class="kind">Binding</p>
      <h1>
        <Said text={name} />
      </h1>
      <Problem text={policy.problem ?? report.problem} />
      {policy.value !== undefined && shown === undefined && (
        <p>The policy in force has no binding of this name.</p>
      )}
      {policy.value !== undefined && shown !== undefined && (
        <>
          <About shown={shown} policy={policy.value} />
          <Rules shown={shown} counts={counted?.counts ?? []} />
        </>
      )}
      {report.value !== undefined && <Refused counted={counted} />}
      {policy.value !== undefined && shown !== undefined && shown.mode !== 'Trial' && (
        <Trials shown={shown} policy={policy.value} report={report.value} />
      )}
    </>
  );
}

const reportOf = (report: Report | undefined, name: string): BindingReport | undefined =>
  report?.bindings.find(({ binding }) => binding === name);

function About({ shown, policy }: { readonly shown: ShownBinding; readonly policy: PolicyInForce }) {
  const { hosts, ports, judgement } = shown.policy;
  return (
    <dl class="facts">
      <dt>Mode</dt>
      <dd>{shown.mode}</dd>
      <dt>State</dt>
      <dd>
        <State standing={bindingStanding(shown, policy.sources)} />
      </dd>
      <dt>Hosts</dt>
      <dd>
        <SaidOr text={hosts.join(', ')} none="any" />
      </dd>
      <dt>Ports</dt>
      <dd>{ports.length === 0 ? 'any' : ports.join(', ')}</dd>
      {judgement.kind === 'rules' && (
        <>
          <dt>Sources</dt>
          <dd>
            {judgement.sources.map((source) => (
              <span key={source} class="item">
                <ViewLink to={{ view: 'source', name: source }}>
                  <Said text={source} />
                </ViewLink>
              </span>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
}

function Rules({
  shown,
  counts,
}: {
  readonly shown: ShownBinding;
  readonly counts: BindingReport['counts'];
}) {
  const { judgement } = shown.policy;
  if (judgement.kind === 'invalid') return null;
  const names = new Set(judgement.rules.map(({ name }) => name));
  const others = counts.filter(({ rule }) => rule === null || !names.has(rule));
  return (
    <>
      <h2>Rules</h2>
      <Table
        label="Rules in their order, the first that matches decides"
        heads={['Rule', 'Matches', 'Requires', { figure: 'Passed' }, { figure: 'Refused' }]}
      >
        {judgement.rules.map(({ name, match, authentication, require }) => (
          <tr key={name}>
            <th scope="row">
              <Said text={name} />
            </th>
            <Cell of="Matches" look="code">
              <Said text={matchText(match)} longest={400} />
            </Cell>
            <Cell of="Requires">
              {AUTHENTICATION[authentication]}
              {requirementLines(require).map((line) => (
                <div key={line} class="code">
                  <Said text={line} longest={400} />
                </div>
              ))}
            </Cell>
            <Ended counts={counts.filter(({ rule }) => rule === name)} />
          </tr>
        ))}
        {judgement.rules.length === 0 && (
          <tr>
            <th scope="row">Every request</th>
            <Cell of="Matches">every request: it has no rules</Cell>
            <Cell of="Requires">A token</Cell>
            <Ended counts={counts} />
          </tr>
        )}
        {judgement.rules.length > 0 && others.length > 0 && (
          <tr>
            <th scope="row">No rule</th>
            <Cell of="Matches" span={2}>
              Refused, or let pass, before a rule was found
            </Cell>
            <Ended counts={others} />
          </tr>
        )}
      </Table>
    </>
  );
}

const AUTHENTICATION = {
  None: 'Nothing: open to everybody',
  Optional: 'A token may be there',
  Required: 'A token',
  Deny: 'Nobody passes',
} as const;

function Ended({ counts }: { readonly counts: BindingReport['counts'] }) {
  const outcomes = outcomesOf(counts);
  const all = sumOf(outcomes);
  const refused = (outcomes.denied ?? 0) + (outcomes.audit_denied ?? 0) + (outcomes.would_deny ?? 0);
  const reasons = counts.filter(({ outcome }) => outcome !== 'allowed' && outcome !== 'same');
  return (
    <>
      <Cell of="Passed" look="number">
        {countText(all - refused)}
      </Cell>
      <Cell of="Refused" look="number">
        {shareOf(refused, all)}
        {reasons.map(({ outcome, reason, count }) => (
          <small key={`${outcome} ${reason}`}>
            {countText(count)} <Said text={reason} />
          </small>
        ))}
      </Cell>
    </>
  );
}

interface TrialsProps {
  readonly shown: ShownBinding;
  readonly policy: PolicyInForce;
  readonly report: Report | undefined;
}

function Trials({ shown, policy, report }: TrialsProps) {
  const trials = trialsBeside(shown.policy, policy);
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
        {trials.map(({ id }) => {
          const counts = outcomesOf(reportOf(report, id)?.counts ?? []);
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
      {trials.map(({ id }) => (
        <RefusedRows key={id} title={`What ${id} would change`} counted={reportOf(report, id)} />
      ))}
    </>
  );
}

function Refused({ counted }: { readonly counted: BindingReport | undefined }) {
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
              <Said text={`${example.method} ${example.path}`} longest={60} />
            </span>
          </summary>
          <dl class="facts">
            <Fact name="Outcome" text={OUTCOME_WORDS[row.outcome]} />
            <Fact name="Detail" text={example.detail} />
            <Fact name="Token says" text={example.tokenSays} />
            <Fact name="Expected" text={example.expected} />
            <Fact name="What to do" text={example.remedy} />
            <Fact name="Rule" text={row.rule} />
            <Fact name="Source" text={row.source} />
            <Fact name="Request id" text={example.requestId} />
          </dl>
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

/** Nothing where there is no such thing. */
export function Fact({ name, text }: { readonly name: string; readonly text: string | null | undefined }) {
  if (text === null || text === undefined || text === '') return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Said text={text} longest={600} />
      </dd>
    </>
  );
}
