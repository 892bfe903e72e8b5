/** One source: its effective configuration, its keys and their age, and which bindings use it. */

import { isObject } from '../../policy/shape.ts';
import { ageText, countText } from '../figures.ts';
import { NO_KEY_FACT, type SourceKeyFact } from '../key-facts.ts';
import { fetchedText, type PolicyInForce, type SourceInForce, sourceStanding } from '../policy-in-force.ts';
import type { ConsoleData } from './data.ts';
import { bindingsUsing, State } from './overview.tsx';
import { Cell, Problem, Said, Table, ViewLink } from './parts.tsx';
import { usePolled } from './polled.ts';

export function SourceView({ data, name }: { readonly data: ConsoleData; readonly name: string }) {
  const policy = usePolled(() => data.policy(), 'policy');
  const keys = usePolled(() => data.keys(), 'keys');
  const source = policy.value?.sources.find(({ id }) => id === name);
  const fact = keys.value?.get(name) ?? NO_KEY_FACT;
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
          <Keys source={source} fact={fact} />
          <Users name={name} policy={policy.value} />
          <Configuration source={source} />
        </>
      )}
    </>
  );
}

function Keys({ source, fact }: { readonly source: SourceInForce; readonly fact: SourceKeyFact }) {
  const { age, leftOut, fetches } = fact;
  const bad = fetches.filter(({ result }) => result !== 'success');
  return (
    <>
      <dl class="facts">
        <dt>State</dt>
        <dd>
          <State standing={sourceStanding(source, age)} />
        </dd>
        <dt>Keys</dt>
        <dd>
          {countText(source.keyCount)}
          {leftOut > 0 && `, and ${countText(leftOut)} of the set that cannot be used`}
        </dd>
        <dt>Last good fetch</dt>
        <dd>
          {fetchedText(source, age)}
          {source.maxStale !== undefined && (
            <small>they serve for {ageText(source.maxStale)} without another</small>
          )}
        </dd>
        {fetches.length > 0 && (
          <>
            <dt>Fetches since the start</dt>
            <dd>
              {fetches.map(({ result, count }) => (
                <span key={result} class="item">
                  {countText(count)} <Said text={result} />
                </span>
              ))}
              {bad.length > 0 && <small>docs/troubleshooting.md says what each error means.</small>}
            </dd>
          </>
        )}
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
