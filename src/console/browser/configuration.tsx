/** How a source is configured, with presets and defaults applied. */

import { isObject } from '../../policy/shape.ts';
import type { SourceInForce } from '../policy-in-force.ts';
import { Cell, Said, Table } from './parts.tsx';

type Settings = SourceInForce['configuration'];

export function Configuration({ settings }: { readonly settings: Settings }) {
  return (
    <>
      <h2>Effective configuration</h2>
      <Table label="Effective configuration, with presets and defaults" heads={['Setting', 'Value']}>
        {membersOf(settings).map(([name, value]) => (
          <tr key={name}>
            <th scope="row">
              <Said text={name} />
            </th>
            <Cell of="Value" look="code">
              <Setting value={value} />
            </Cell>
          </tr>
        ))}
      </Table>
    </>
  );
}

/** An object's members stand by themselves, as `mapping.user`. */
const membersOf = (configuration: Settings): readonly (readonly [string, unknown])[] =>
  Object.entries(configuration).flatMap(([name, value]) =>
    isObject(value)
      ? Object.entries(value).map(([member, one]) => [`${name}.${member}`, one] as const)
      : [[name, value] as const],
  );

function Setting({ value }: { readonly value: unknown }) {
  if (Array.isArray(value) && value.length === 0) return <span class="none">not set</span>;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
    return <Said text={value.join(', ')} longest={2000} />;
  }
  return <Said text={typeof value === 'string' ? value || '""' : JSON.stringify(value)} longest={2000} />;
}
