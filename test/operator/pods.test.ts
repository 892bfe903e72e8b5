/** Guarded and Programmed of an ApiBinding with every reason: pods come and go, and validators acknowledge or not. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { BINDING_CONDITIONS } from '../../src/status/reasons.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { messageOf } from './board.ts';
import { type Operator, startWorld, type World } from './harness.ts';
import { expectSteadyTimes, reasonsOf } from './judging.ts';
import { binding, ENABLED, namespace, pod, service, source, workload } from './objects.ts';
import { type Enforced, startValidator, type Validator } from './validator.ts';

let world: World;
let operator: Operator;
const validators: Validator[] = [];

beforeAll(async () => {
  world = await startWorld({ namespaces: [namespace('shop', ENABLED), namespace('bare')] });
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node' } };
  await world.apply(node, source('shop/keys'), source('bare/keys'));
  await world.ready('Node', 'node');
  operator = await world.start();
});
afterAll(async () => {
  await Promise.all(validators.map((validator) => validator.stop()));
  await world?.stop();
});

/** Its pod has sidecars and is ready; the validator holds a question open. */
async function guarded(id: string, app: string, version = VERSION): Promise<Validator> {
  await world.apply(pod(id, { app, injected: version }));
  await world.ready('Pod', id);
  const validator = await startValidator(world, operator, id);
  validators.push(validator);
  return validator;
}

const isBound = ({ policy }: Enforced): boolean => policy.bindings.length > 0;

const shows = (id: string, shown: Readonly<Record<string, string>>) =>
  world.board.shows('ApiBinding', id, shown);

/** Those of their own objects alone go on together: a status is written again after 5 s only. */
describe('a binding', () => {
  it.concurrent('is programmed when every validator has acknowledged, and counts them', async () => {
    await world.apply(service('shop/a'), binding('shop/a'));
    const one = await guarded('shop/a-1', 'a');
    const { policy } = await one.until('its binding', ({ policy }) => policy.bindings.length === 1);
    expect(policy.bindings[0]?.id).toBe('shop/a');
    await shows('shop/a', { Ready: 'True Ready', Guarded: 'True Guarded', Programmed: 'True Programmed' });
    expect(await world.columns('apibinding', 'a', '-n', 'shop', '--no-headers')).toEqual([
      'a True Ready 1 1/1',
    ]);

    // One that nobody speaks for.
    await world.apply(pod('shop/a-2', { app: 'a', injected: VERSION }));
    await world.ready('Pod', 'shop/a-2');
    const pending = await shows('shop/a', {
      Ready: 'False Pending',
      Guarded: 'True Guarded',
      Programmed: 'False Pending',
    });
    expect(messageOf(pending)).toContain('1 validator of 2 still to acknowledge the policy: shop/a-2');
    expect(pending.status).toMatchObject({ validators: { current: 1, total: 2, summary: '1/2' } });
    await world.removePod('shop/a-2');
    await shows('shop/a', { Ready: 'True Ready' });
  });

  it.concurrent('says who rejects its policy, and with which words', async () => {
    await world.apply(service('shop/r'), binding('shop/r'));
    const validator = await guarded('shop/r-1', 'r');
    await shows('shop/r', { Programmed: 'True Programmed' });
    validator.reject('format 2 is not known');
    await world.apply(binding('shop/r', { mode: 'Audit' }));
    const object = await shows('shop/r', { Ready: 'False Rejected', Programmed: 'False Rejected' });
    expect(messageOf(object)).toContain('shop/r-1: format 2 is not known');
    expect(object.status).toMatchObject({ validators: { summary: '0/1' } });
    validator.reject(undefined);
    await shows('shop/r', { Ready: 'True Ready', Programmed: 'True Programmed' });
  });

  it.concurrent('sees pods that are older than it', async () => {
    await world.apply(service('shop/u'), pod('shop/u-1', { app: 'u' }), binding('shop/u'));
    const object = await shows('shop/u', { Ready: 'False PodsUnguarded', Guarded: 'False PodsUnguarded' });
    expect(object.status).toMatchObject({ podsUnguarded: 1, validators: { summary: '0/0' } });
    expect(messageOf(object)).toContain('1 of 1 pod has no validator: Pod shop/u-1');
    await world.removePod('shop/u-1');
    await shows('shop/u', { Ready: 'True Ready', Guarded: 'True NoPods', Programmed: 'True NoPods' });
  });

  it.concurrent('sees sidecars that are older than a port which it guards', async () => {
    const http = { name: 'http', port: 80, targetPort: 'http' };
    await world.apply(service('shop/p', [http]), binding('shop/p'));
    await guarded('shop/p-1', 'p');
    await shows('shop/p', { Ready: 'True Ready' });
    // Whoever may edit the pod may write this; its containers stay as they are.
    const captured = 'portcullis.dev/captured-ports=8080,9090';
    await world.kubectl('annotate', '--overwrite', 'pod', 'p-1', '-n', 'shop', captured);
    await world.apply(binding('shop/p', { ports: [{ port: 8080 }, { port: 9090 }] }));
    const object = await shows('shop/p', {
      Ready: 'False PortsUncaptured',
      Guarded: 'False PortsUncaptured',
    });
    expect(object.status).toMatchObject({ podsUnguarded: 1, validators: { total: 1 } });
    expect(messageOf(object)).toContain('Port 9090 is open in Pod shop/p-1');
  });

  it.concurrent('sees sidecars of another version', async () => {
    await world.apply(service('shop/o'), binding('shop/o'));
    await guarded('shop/o-1', 'o', '0.0.1');
    const object = await shows('shop/o', { Ready: 'True Ready', Guarded: 'True Guarded' });
    expect(object.status).toMatchObject({ podsOutdated: 1 });
    expect(messageOf(object, 'Guarded')).toContain('Pod shop/o-1 has sidecars of another version');
  });

  it.concurrent('says why pods of its workload are refused, as long as that lasts', async () => {
    await world.apply(workload('Deployment', 'shop/q'), service('shop/q'), binding('shop/q'));
    await shows('shop/q', { Ready: 'True Ready' });
    const words = 'pods "q-7d4-x" is forbidden: exceeded quota: small, requested: limits.memory=256Mi';
    const refused = (conditions: readonly JsonObject[]) =>
      world.kubectl(
        ...['patch', 'deployment', 'q', '-n', 'shop', '--subresource=status', '--type=merge', '-p'],
        JSON.stringify({ status: { conditions } }),
      );
    await refused([{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: words }]);
    const object = await shows('shop/q', { Ready: 'False PodsRefused', Guarded: 'False PodsRefused' });
    expect(messageOf(object)).toBe(`The API server refuses pods of Deployment shop/q: ${words}`);
    await refused([]);
    await shows('shop/q', { Ready: 'True Ready', Guarded: 'True NoPods' });
  });

  it.concurrent('tells of a bare port beside a named one', async () => {
    await world.apply(service('shop/b'), binding('shop/b'));
    await world.apply(
      pod('shop/b-1', {
        app: 'b',
        injected: VERSION,
        annotations: { 'portcullis.dev/capture': 'NamedPort' },
      }),
    );
    await world.ready('Pod', 'shop/b-1');
    const object = await shows('shop/b', { Ready: 'False BypassPossible', Guarded: 'False BypassPossible' });
    expect(messageOf(object)).toContain('Pod shop/b-1 can be reached past the validator');
    const toEnvoy = { ports: [{ port: 15_906 }] };
    await world.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { namespace: 'shop', name: 'b' },
      spec: { podSelector: { matchLabels: { app: 'b' } }, ingress: [toEnvoy] },
    });
    await shows('shop/b', { Guarded: 'True Guarded' });
  });

  it.concurrent.each(['Deployment', 'StatefulSet', 'DaemonSet'] as const)(
    'guards the pods of a %s',
    async (kind) => {
      const app = kind.toLowerCase();
      const id = `shop/${app}`;
      await world.apply(workload(kind, id), binding(id, { targetRefs: [{ kind, name: app }] }));
      const { policy } = await (await guarded(`${id}-1`, app)).until('its binding', isBound);
      expect(policy.bindings).toMatchObject([{ id, ports: [8080] }]);
      await shows(id, { Ready: 'True Ready', Programmed: 'True Programmed' });
    },
  );

  it.concurrent('guards the pods that it selects, as long as they have the label', async () => {
    await world.apply(binding('shop/s', { podSelector: { matchLabels: { app: 's' } } }));
    const validator = await guarded('shop/s-1', 's');
    await validator.until('its binding', isBound);
    await world.kubectl('label', 'pod', 's-1', '-n', 'shop', '--overwrite', 'app=other');
    await validator.until('nothing', (now) => !isBound(now));
    await shows('shop/s', { Ready: 'True Ready', Guarded: 'True NoPods' });
  });

  it('is not Ready by a source as that was before its last edit', async () => {
    await world.apply(
      source('shop/edited'),
      service('shop/e'),
      binding('shop/e', { sources: [{ name: 'edited' }] }),
    );
    const validator = await guarded('shop/e-1', 'e');
    await validator.until('its binding', isBound);
    await shows('shop/e', { Ready: 'True Ready', Programmed: 'True Programmed' });
    // From now on it enforces what it has.
    await validator.stop();
    await world.apply(source('shop/edited', { audiences: ['another'] }));
    await world.board.shows('AuthenticationSource', 'shop/edited', { Ready: 'True Ready' });
    const ready = 'jsonpath={.status.conditions[?(@.type=="Ready")].reason}';
    expect(await world.kubectl('get', 'apibinding', 'e', '-n', 'shop', '-o', ready)).toBe('Pending');
    await shows('shop/e', { Ready: 'False Pending', Programmed: 'False Pending', Guarded: 'True Guarded' });
  });

  it('counts ready pods on ready nodes', async () => {
    await world.apply(service('shop/n'), binding('shop/n'));
    await guarded('shop/n-1', 'n');
    await shows('shop/n', { Programmed: 'True Programmed' });
    await world.ready('Node', 'node', false);
    const object = await shows('shop/n', { Ready: 'False NoReadyPods', Programmed: 'False NoReadyPods' });
    expect(object.status).toMatchObject({ validators: { current: 0, total: 0, summary: '0/0' } });
    await world.ready('Node', 'node');
    await shows('shop/n', { Programmed: 'True Programmed' });
    await world.ready('Pod', 'shop/n-1', false);
    await shows('shop/n', { Programmed: 'False NoReadyPods' });
  });

  it('asks for the label of its namespace, and takes it when it comes', async () => {
    await world.apply(service('bare/i'), binding('bare/i'));
    const object = await shows('bare/i', {
      Ready: 'False InjectionDisabled',
      Guarded: 'False InjectionDisabled',
    });
    const command = /run: kubectl (label --overwrite namespace bare portcullis\.dev\/injection=enabled)/.exec(
      messageOf(object),
    );
    await world.kubectl(...(command?.[1] ?? '').split(' '));
    await shows('bare/i', { Ready: 'True Ready', Guarded: 'True NoPods' });
  });

  it("guards each pod by its own policy, and by nobody else's", async () => {
    await world.apply(service('shop/x'), binding('shop/x'), service('bare/x'), binding('bare/x'));
    const [one, other] = [await guarded('shop/x-1', 'x'), await guarded('bare/x-1', 'x')];
    const ids = async (validator: Validator) => {
      const { policy } = await validator.until('a binding', ({ policy }) => policy.bindings.length > 0);
      return [...policy.bindings.map(({ id }) => id), ...policy.sources.map(({ id }) => id)];
    };
    expect([await ids(one), await ids(other)]).toEqual([
      ['shop/x', 'shop/keys'],
      ['bare/x', 'bare/keys'],
    ]);
    await world.kubectl('delete', 'apibinding', 'x', '-n', 'shop');
    await one.until('nothing', ({ policy }) => policy.bindings.length === 0);
  });
});

it('every reason was reached', () => {
  expectSteadyTimes(world.board.history('ApiBinding'));
  const { Guarded, Programmed } = BINDING_CONDITIONS;
  // Those of routes and gateways are reached in routes.test.ts, the outdated ones in false-guards.test.ts, and that of a
  // Trial in bindings.test.ts.
  const missing = reasonsOf({ Guarded, Programmed }).difference(world.board.seen('ApiBinding'));
  expect([...missing].sort()).toEqual([
    'Guarded False NeverAsked',
    'Guarded False PodsOutdated',
    'Guarded False RouteHasForeignBackend',
    'Guarded False RouteUnguarded',
    'Guarded False SectionUnguarded',
    'Guarded False Trial',
  ]);
});
