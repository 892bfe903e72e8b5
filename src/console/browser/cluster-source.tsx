/** One source as its status in the cluster tells it: keys, the last look at their address, and which APIs use it. */

import type { KeysOfSource } from '../../report/key-facts.ts';
import { lastLook, type SourceTold, standingTold } from '../cluster-told.ts';
import { countText } from '../figures.ts';
import { heldText } from '../policy-in-force.ts';
import { Conditions } from './conditions.tsx';
import { Configuration } from './configuration.tsx';
import { Fact } from './facts.tsx';
import { Said, ViewLink, WholeTime } from './parts.tsx';
import { State } from './state.tsx';

interface ClusterSourceProps {
  readonly source: SourceTold;
  readonly keys: KeysOfSource | undefined;
}

export function ClusterSource({ source, keys }: ClusterSourceProps) {
  return (
    <>
      <dl class="facts">
        <dt>State</dt>
        <dd>
          <State standing={standingTold(source)} />
        </dd>
        <dt>Keys</dt>
        <dd>{countText(source.keyCount)}</dd>
        {source.keysChanged !== null && (
          <>
            <dt>Keys changed</dt>
            <dd>
              <WholeTime time={source.keysChanged} />
            </dd>
          </>
        )}
        <dt>Last good fetch</dt>
        <dd>
          {heldText(keys?.age)}
          {keys !== undefined && <small>of the oldest copy that a validator holds</small>}
        </dd>
        <Fact name="A validator says" text={keys?.problem} />
      </dl>
      <Keys source={source} />
      <h2>Last look at its URL</h2>
      <dl class="facts">
        <Fact
          name="Address"
          text={source.jwksURI ?? 'none: its keys are not fetched, or it is not known yet'}
        />
        <dt>Result</dt>
        <dd>
          <State standing={lastLook(source)} />
        </dd>
      </dl>
      <h2>APIs that use it</h2>
      {source.bindings.length === 0 && <p>None, as the operator says.</p>}
      <ul class="plain">
        {source.bindings.map((binding) => (
          <li key={binding}>
            <ViewLink to={{ view: 'binding', name: binding }}>
              <Said text={binding} />
            </ViewLink>
          </li>
        ))}
      </ul>
      {source.bindingCount > source.bindings.length && (
        <p>and {countText(source.bindingCount - source.bindings.length)} more</p>
      )}
      <Conditions conditions={source.conditions} />
      <Configuration settings={source.configuration} />
    </>
  );
}

function Keys({ source: { keys, keyCount, keysLeftOut } }: Pick<ClusterSourceProps, 'source'>) {
  return (
    <ul class="plain code">
      {keys.map((key, i) => (
        <li key={i}>
          <Said text={key} />
        </li>
      ))}
      {keyCount > keys.length && <li>and {countText(keyCount - keys.length)} more</li>}
      {keysLeftOut.map((text, i) => (
        <li key={`left out ${i}`}>
          left out: <Said text={text} longest={400} />
        </li>
      ))}
    </ul>
  );
}
