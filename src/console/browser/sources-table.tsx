/** Every source with its state, its keys and their age. */

import type { KeyFacts, KeysOfSource } from '../../report/key-facts.ts';
import { type SourceTold, standingTold } from '../cluster-told.ts';
import { countText } from '../figures.ts';
import {
  fetchedText,
  heldText,
  type PolicyInForce,
  type StateWord,
  shownBindings,
  sourceStanding,
} from '../policy-in-force.ts';
import { Cell, Said, Table, ViewLink } from './parts.tsx';
import { State } from './state.tsx';

/** A source's row. */
interface SourceShown {
  readonly id: string;
  readonly standing: StateWord;
  readonly keyCount: number;
  readonly fetched: string;
  readonly users: number;
}

export const sourcesInForce = (policy: PolicyInForce, facts: KeyFacts | undefined): readonly SourceShown[] =>
  policy.sources.map((source) => {
    const age = keysOf(facts, source.id)?.age;
    return {
      id: source.id,
      standing: sourceStanding(source, age),
      keyCount: source.keyCount,
      fetched: fetchedText(source, age),
      users: bindingsUsing(source.id, policy).length,
    };
  });

export const sourcesTold = (
  sources: readonly SourceTold[],
  facts: KeyFacts | undefined,
): readonly SourceShown[] =>
  sources.map((source) => ({
    id: source.id,
    standing: standingTold(source),
    keyCount: source.keyCount,
    fetched: heldText(keysOf(facts, source.id)?.age),
    users: source.bindingCount,
  }));

export function SourcesTable({ rows }: { readonly rows: readonly SourceShown[] }) {
  return (
    <>
      <h2>Sources</h2>
      <Table
        label="Sources"
        heads={['Source', 'State', { figure: 'Keys' }, 'Fetched', { figure: 'Bindings' }]}
      >
        {rows.map(({ id, standing, keyCount, fetched, users }) => (
          <tr key={id}>
            <th scope="row">
              <ViewLink to={{ view: 'source', name: id }}>
                <Said text={id} />
              </ViewLink>
            </th>
            <Cell of="State">
              <State standing={standing} />
            </Cell>
            <Cell of="Keys" look="number">
              {countText(keyCount)}
            </Cell>
            <Cell of="Fetched">{fetched}</Cell>
            <Cell of="Bindings" look="number">
              {countText(users)}
            </Cell>
          </tr>
        ))}
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
