/** What nothing guards in a cluster: what is open, and what is only worth a look. */

import type { ClusterTold } from '../cluster-told.ts';
import { countText } from '../figures.ts';
import { Badge, Cell, Said, Table } from './parts.tsx';

type Found = ClusterTold['unguarded']['findings'];

/** Findings that are shown at once. */
const FIRST = 20;

export function Unguarded({ unguarded: { findings, open, noted, seen } }: Pick<ClusterTold, 'unguarded'>) {
  const rest = findings.slice(FIRST);
  return (
    <>
      <h2>Not guarded</h2>
      <p>
        {countText(open)} open, {countText(noted)} only noted, in <Said text={seen} />
      </p>
      {findings.length > 0 && <Findings label="What nothing guards" findings={findings.slice(0, FIRST)} />}
      {rest.length > 0 && (
        <details>
          <summary>{countText(rest.length)} more</summary>
          <Findings label="More that nothing guards" findings={rest} />
        </details>
      )}
    </>
  );
}

function Findings({ label, findings }: { readonly label: string; readonly findings: Found }) {
  return (
    <Table label={label} heads={['What', 'Why', 'What to do']}>
      {findings.map(({ reason, severity, object, message, remedy }, i) => (
        <tr key={i}>
          <th scope="row">
            <Said text={object} longest={300} />
          </th>
          <Cell of="Why">
            <Badge tone={severity === 'open' ? 'bad' : 'warn'} text={reason} />
            <small>
              <Said text={message} longest={600} />
            </small>
          </Cell>
          <Cell of="What to do">
            <Said text={remedy} longest={600} />
          </Cell>
        </tr>
      ))}
    </Table>
  );
}
