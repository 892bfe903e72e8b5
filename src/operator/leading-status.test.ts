import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../base/testing/clock.ts';
import { binding, change, pod, raw, source } from '../cluster/testing/objects.ts';
import type { PlanningChange } from '../planning/policies.ts';
import { createOperatorMetrics } from '../telemetry/operator-metrics.ts';
import { IDLE_OPERATOR } from '../telemetry/testing/idle-operator.ts';
import { fakeTerm, type LeadingWorld, leadingWorld } from './testing/leading.ts';

const KEYS = { jwks: { keys: [] } };

describe('a leader', () => {
  let world: LeadingWorld;
  let leading: ReturnType<LeadingWorld['start']>;
  let looked: string[];
  const put = async (...changes: readonly PlanningChange[]) => {
    looked.length = 0;
    world.loop.put(changes);
    world.loop.flush();
    await world.clock.advance(10_000);
    await settle();
  };

  beforeEach(async () => {
    world = await leadingWorld();
    looked = [];
    const metrics = {
      ...createOperatorMetrics(IDLE_OPERATOR),
      reconciled: (kind: string) => looked.push(kind),
    };
    leading = world.start(fakeTerm(), { metrics });
    await world.serving();
    await put(source('shop/okta', { keys: KEYS }), ...['a', 'b', 'c'].map((name) => binding(`shop/${name}`)));
    return () => leading.stop();
  });

  const ofBindings = () => looked.filter((kind) => kind === 'ApiBinding').length;

  it('looks at no other binding when one of a source changes: all of a cluster may share it', async () => {
    await put(binding('shop/a', { realm: 'other' }, { generation: 2 }));
    expect(ofBindings()).toBe(1);
  });

  it('looks at every binding of a source that is another, or says so', async () => {
    await put(source('shop/okta', { keys: KEYS, clockSkew: '1s' }, {}, { generation: 2 }));
    expect(ofBindings()).toBe(3);
  });

  it('looks at the bindings of the pods of a node that is no longer ready, or is again, and at no others', async () => {
    const node = (ready: boolean) => {
      const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
      return change('Node', 'n', raw('n', { status: { conditions } }));
    };
    const ofApp = (app: string) => binding(`shop/${app}`, { podSelector: { matchLabels: { app } } });
    await put(
      ...[node(true), ofApp('here'), ofApp('there')],
      pod('shop/here-1', { labels: { app: 'here' }, node: 'n' }),
      pod('shop/there-1', { labels: { app: 'there' }, node: 'm' }),
    );
    for (const [ready, times] of [
      [false, 1],
      [false, 0],
      [true, 1],
    ] as const) {
      await put(node(ready));
      expect(ofBindings()).toBe(times);
    }
    await put(change('Node', 'n', null));
    expect(ofBindings()).toBe(1);
  });
});
