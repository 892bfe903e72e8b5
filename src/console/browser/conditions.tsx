/** The conditions of a status, in the operator's own words. */

import type { ConditionTold } from '../cluster-told.ts';
import { Badge, Cell, Said, Table, type Tone, WholeTime } from './parts.tsx';

export function Conditions({ conditions }: { readonly conditions: readonly ConditionTold[] }) {
  if (conditions.length === 0) return null;
  return (
    <>
      <h2>Conditions</h2>
      <Table label="Conditions, as the operator has written them" heads={['Condition', 'Why', 'Since']}>
        {conditions.map(({ type, status, reason, message, since }) => (
          <tr key={type}>
            <th scope="row">
              <Said text={type} /> <Badge tone={toneOfStatus(type, status)} text={status} />
            </th>
            <Cell of="Why">
              <Said text={reason} />
              <small>
                <Said text={message} longest={1200} />
              </small>
            </Cell>
            <Cell of="Since">
              <WholeTime time={since} />
            </Cell>
          </tr>
        ))}
      </Table>
    </>
  );
}

/** All are good where they are true, but for one. */
const toneOfStatus = (type: string, status: string): Tone =>
  status === 'Unknown' ? 'warn' : (status === 'True') === (type !== 'Stalled') ? 'good' : 'bad';
