/** The rules of a binding in their order, with what became of requests by each. */

import type { Judgement } from '../../policy/policy.ts';
import type { BindingReport } from '../../report/report.ts';
import { countText, outcomesOf, shareOf, sumOf } from '../figures.ts';
import { matchText, requirementLines } from '../rule-text.ts';
import { Cell, Said, Table } from './parts.tsx';

interface RulesProps {
  readonly judgement: Judgement;
  /** Undefined while they are not known. */
  readonly counts: BindingReport['counts'] | undefined;
}

export function Rules({ judgement, counts }: RulesProps) {
  if (judgement.kind === 'invalid') return null;
  const names = new Set(judgement.rules.map(({ name }) => name));
  const others = (counts ?? []).filter(({ rule }) => rule === null || !names.has(rule));
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
            <Ended counts={counts?.filter(({ rule }) => rule === name)} />
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

function Ended({ counts }: Pick<RulesProps, 'counts'>) {
  if (counts === undefined) {
    return (
      <>
        <Cell of="Passed" look="number">
          –
        </Cell>
        <Cell of="Refused" look="number">
          –
        </Cell>
      </>
    );
  }
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
