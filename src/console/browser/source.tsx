/** One source: its effective configuration, its keys and their age, and which bindings use it. */

import { isObject } from '../../policy/shape.ts';
import type { KeysOfSource } from '../../report/key-facts.ts';
import { ageText, countText } from '../figures.ts';
import { fetchedText, type PolicyInForce, type SourceInForce, sourceStanding } from '../policy-in-force.ts';
import { Fact } from './binding.tsx';
import type { ConsoleData } from './data.ts';
import { bindingsUsing, keysOf, State } from './overview.tsx';
import { Cell, Problem, Said, Table, ViewLink } from './parts.tsx';
import { usePolled } from './polled.ts';

export function SourceView({ data, name }: { readonly data: ConsoleData; readonly name: string }) {
  const policy = usePolled(() => data.policy(), 'policy');
  const keys = usePolled(() => data.keys(), 'keys');
  const source = policy.value?.sources.find(({ id }) => id === name);
  return (
    <>
      <p class="kind">Source</p>
      <h1>
        <Said text={name} />
      </h1>
      <Problem text={policy.problem ?? keys.problem} />
      {policy.value !== undefined && source === undefined && (
        <p>The policy in force has no source of this name: no binding uses it, or it was refused.</p>
      )}
      {policy.value !== undefined && source !== undefined && (
        <>
          <Keys source={source} keys={keysOf(keys.value, name)} />
          <Users name={name} policy={policy.value} />
          <Configuration source={source} />
        </>
      )}
    </>
  );
}

function Keys({ source, keys }: { readonly source: SourceInForce; readonly keys: KeysOfSource | undefined }) {
  return (
    <>
      <dl class="facts">
        <dt>State</dt>
        <dd>
          <State standing={sourceStanding(source, keys?.age)} />
        </dd>
        <dt>Keys</dt>
        <dd>
          {countText(source.keyCount)}
          {keys !== undefined &&
            keys.leftOut > 0 &&
            `, and ${countText(keys.leftOut)} of the set that cannot be used`}
        </dd>
        <dt>Last good fetch</dt>
        <dd>
          {fetchedText(source, keys?.age)}
          {source.maxStale !== undefined && (
            <small>they serve for {ageText(source.maxStale)} without another</small>
          )}
        </dd>
        <Fact name="Last fetch" text={keys?.problem} />
      </dl>
      {source.keyNames.length > 0 && (
        <ul class="plain code">
          {source.keyNames.map((key, i) => (
            <li key={i}>
              <Said text={key} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Users({ name, policy }: { readonly name: string; readonly policy: PolicyInForce }) {
  return (
    <>
      <h2>Bindings that use it</h2>
      <ul class="plain">
        {bindingsUsing(name, policy).map(({ policy: { id }, mode }) => (
          <li key={`${mode} ${id}`}>
            <ViewLink to={{ view: 'binding', name: id }}>
              <Said text={id} />
            </ViewLink>{' '}
            <small>{mode}</small>
          </li>
        ))}
      </ul>
    </>
  );
}

function Configuration({ source }: { readonly source: SourceInForce }) {
  return (
    <>
      <h2>Effective configuration</h2>
      <Table label="Effective configuration, with presets and defaults" heads={['Setting', 'Value']}>
        {settingsOf(source.configuration).map(([name, value]) => (
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
const settingsOf = (configuration: SourceInForce['configuration']): readonly (readonly [string, unknown])[] =>
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
