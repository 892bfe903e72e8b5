// Databases that a real Patroni keeps, whose API is guarded: it relabels their pods by itself, and goes on doing so while
// no operator answers. No label leads around the guard.

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { isJsonObject } from '../../src/base/json.ts';
import { HOME } from '../chart/render.ts';
import { guard, keys, withToken } from './keyed.ts';
import { appDeployment } from './objects.ts';
import { databases, MEMBER, NAME, PORT } from './patroni.ts';
import { addressesOf, inUrl, isReady, nameOf } from './pods.ts';
import { enter, OPERATOR, type World } from './world.ts';

const NAMESPACE = 'databases';
const WAIT = { timeout: 120_000, interval: 200 };
const PRIMARY = `http://primary.${NAMESPACE}.svc.cluster.local`;

// Patroni and PostgreSQL stand on the node, which is this machine.
describe.runIf(inject('premises').local)('Patroni', () => {
  let world: World;

  beforeAll(async () => {
    world = await enter();
    const { k, image } = world;
    await world.namespace(NAMESPACE);
    await k.apply(keys(NAMESPACE));
    await k.apply(
      guard(NAMESPACE, NAME, {
        rules: [
          // What its members ask each other, and what leads to the primary.
          { name: 'reads', match: { methods: ['GET', 'HEAD', 'OPTIONS'] }, authentication: 'None' },
          { name: 'orders', authentication: 'Required' },
        ],
      }),
      ...(await databases(NAMESPACE)),
      appDeployment({ name: 'bare', namespace: NAMESPACE, image }),
    );
    await k.wait('condition=Ready', `apibinding/${NAME}`, NAMESPACE);
    await k.must(['rollout', 'status', `statefulset/${NAME}`, '-n', NAMESPACE, '--timeout=120s']);
    await k.wait('condition=Available', 'deployment/bare', NAMESPACE);
  });
  afterAll(() => world?.leave());

  const members = () => world.k.list('pod', NAMESPACE, `cluster-name=${NAME}`);

  /** What Patroni has written on its pods, by their names, of those that are ready. */
  async function roles(): Promise<ReadonlyMap<string, unknown>> {
    const ready = (await members()).filter(isReady);
    return new Map(
      ready.map((pod) => {
        const { labels } = isJsonObject(pod.metadata) ? pod.metadata : {};
        return [nameOf(pod), isJsonObject(labels) ? labels.role : undefined];
      }),
    );
  }

  const primaryOf = (found: ReadonlyMap<string, unknown>): string | undefined =>
    [...found].find(([, role]) => role === 'primary')?.[0];

  /** Has the other member take over, as `patronictl switchover` does, and waits until their pods say so. */
  async function switchOver(): Promise<void> {
    const before = await roles();
    const leader = primaryOf(before) ?? '';
    const candidate = [...before.keys()].find((name) => name !== leader) ?? '';
    await expectServed(leader);
    const order = {
      ...withToken(`${PRIMARY}/switchover`),
      method: 'POST',
      body: JSON.stringify({ leader, candidate }),
    };
    expect(await world.client.outcome({ ...order, headers: [] })).toBe('401 token_missing');
    // Patroni takes no order while it does not see that both are well, and may answer before all is done.
    const ordered = async () => {
      if (primaryOf(await roles()) === leader) await world.client.outcome(order);
      return roles();
    };
    const after = new Map([
      [leader, 'replica'],
      [candidate, 'primary'],
    ]);
    await expect.poll(ordered, WAIT).toEqual(after);
    await expectServed(candidate);
  }

  /** The Service, which goes by the role, leads to this one. */
  async function expectServed(name: string): Promise<void> {
    const answered = async () => {
      const { body } = await world.client.send({ url: `${PRIMARY}/patroni` });
      return JSON.parse(body);
    };
    await expect.poll(answered, WAIT).toMatchObject({ role: 'primary', patroni: { name } });
  }

  const relabel = (pod: string, ...labels: readonly string[]) =>
    world.k.try(['label', 'pod', pod, '-n', NAMESPACE, '--overwrite', ...labels]);

  const barePod = async () => nameOf((await world.k.list('pod', NAMESPACE, 'app=bare'))[0]);

  const expectBoth = () =>
    expect.poll(async () => [...(await roles()).values()].toSorted(), WAIT).toEqual(['primary', 'replica']);

  it('writes the roles of guarded pods, and has the other one take over', async () => {
    await expectBoth();
    await switchOver();
  });

  it('fails over while no operator answers, and the member that is lost comes back when one does', async () => {
    const { k } = world;
    const operator = ['scale', 'deployment/portcullis-operator', '-n', HOME];
    await k.must([...operator, '--replicas=0']);
    try {
      await expect.poll(() => k.list('pod', HOME, OPERATOR), WAIT).toEqual([]);
      expect((await relabel(await barePod(), 'tier=x')).stderr).toContain('failed calling webhook');
      await switchOver();
      const before = await roles();
      const lost = primaryOf(before) ?? '';
      const [left = ''] = [...before.keys()].filter((name) => name !== lost);
      await k.must(['delete', 'pod', lost, '-n', NAMESPACE]);
      await expect.poll(roles, WAIT).toEqual(new Map([[left, 'primary']]));
      await expectServed(left);
      const order = { url: `${PRIMARY}/restart`, method: 'POST' };
      expect(await world.client.outcome(order)).toBe('401 token_missing');
      expect(await members()).toHaveLength(1);
    } finally {
      await k.must([...operator, '--replicas=2']);
    }
    await k.must(['rollout', 'status', 'deployment/portcullis-operator', '-n', HOME, '--timeout=120s']);
    // Its controller tries again with pauses that grow, or as soon as it is changed.
    await k.must(['annotate', 'statefulset', NAME, '-n', NAMESPACE, 'again=1']);
    await expectBoth();
  });

  it('a member that is led out of its binding is shut, and another pod is not led in', async () => {
    const { client } = world;
    const [pod] = await members();
    const url = `http://${inUrl(addressesOf(pod)[0] ?? '')}:${PORT}/patroni`;
    expect(await client.outcome({ url })).toBe('200');
    expect((await relabel(nameOf(pod), 'api-')).code).toBe(0);
    await expect.poll(() => client.outcome({ url }), WAIT).toBe('403 host_unbound');
    expect((await relabel(nameOf(pod), `api=${MEMBER.api}`)).code).toBe(0);
    await expect.poll(() => client.outcome({ url }), WAIT).toBe('200');
    const refused = await relabel(await barePod(), `api=${MEMBER.api}`);
    expect(refused.stderr).toContain('(RelabelledOpen)');
  });
});
