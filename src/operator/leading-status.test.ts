import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../kubernetes/testing/time.ts';
import { createOperatorMetrics } from '../telemetry/operator-metrics.ts';
import { IDLE_OPERATOR } from '../telemetry/testing/idle-operator.ts';
import type { Change } from './policies/policies.ts';
import { fakeTerm, type LeadingWorld, leadingWorld } from './testing/leading.ts';
import { binding, source } from './testing/objects.ts';

const KEYS = { jwks: { keys: [] } };

describe('a leader', () => {
  let world: LeadingWorld;
  let leading: ReturnType<LeadingWorld['start']>;
  let looked: string[];
  const put = async (...changes: readonly Change[]) => {
    looked.length = 0;
    world.control.put(changes);
    world.control.flush();
    await world.time.advance(10_000);
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
});
