/** One source: its effective configuration, its keys and their age, and which bindings use it. */

import type { KeysOfSource } from '../../report/key-facts.ts';
import type { ClusterTold } from '../cluster-told.ts';
import { ageText, countText } from '../figures.ts';
import { fetchedText, type PolicyInForce, type SourceInForce, sourceStanding } from '../policy-in-force.ts';
import { ClusterSource } from './cluster-source.tsx';
import { Configuration } from './configuration.tsx';
import type { ConsoleData } from './data.ts';
import { Fact } from './facts.tsx';
import { Problem, Said, ViewLink } from './parts.tsx';
import { usePolled } from './polled.ts';
import { bindingsUsing, keysOf } from './sources-table.tsx';
import { State } from './state.tsx';

export function SourceView({ data, name }: { readonly data: ConsoleData; readonly name: string }) {
  const cluster = usePolled(() => data.cluster(), 'cluster');
  const policy = usePolled(() => data.policy(), 'policy');
  const keys = usePolled(() => data.keys(), 'keys');
  const held = keysOf(keys.value, name);
  return (
    <>
      <p class="kind">Source</p>
      <h1>
        <Said text={name} />
      </h1>
      <Problem text={cluster.problem ?? policy.problem ?? keys.problem} />
      {cluster.value && <OfCluster told={cluster.value} name={name} keys={held} />}
      {cluster.value === null && policy.value !== undefined && (
        <InForce policy={policy.value} name={name} keys={held} />
      )}
    </>
  );
}

interface InForceProps {
  readonly policy: PolicyInForce;
  readonly name: string;
  readonly keys: KeysOfSource | undefined;
}

function InForce({ policy, name, keys }: InForceProps) {
  const source = policy.sources.find(({ id }) => id === name);
  if (source === undefined) {
    return <p>The policy in force has no source of this name: no binding uses it, or it was refused.</p>;
  }
  return (
    <>
      <Keys source={source} keys={keys} />
      <Users name={name} policy={policy} />
      <Configuration settings={source.configuration} />
    </>
  );
}

interface OfClusterProps {
  readonly told: ClusterTold;
  readonly name: string;
  readonly keys: KeysOfSource | undefined;
}

function OfCluster({ told: { sources, place }, name, keys }: OfClusterProps) {
  const source = sources.find(({ id }) => id === name);
  if (source !== undefined) return <ClusterSource source={source} keys={keys} />;
  return (
    <p>
      There is no AuthenticationSource of this name in <Said text={place} />, or you may not read it.
    </p>
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
