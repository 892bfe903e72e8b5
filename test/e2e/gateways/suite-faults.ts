/** What may happen to a guarded Gateway, under a load whose every answer is counted: nobody is let in, and what is lost has a name. */

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { HOME } from '../../chart/render.ts';
import { asking, contractCases, withToken } from '../../envoy/contract-cases.ts';
import type { Sent as Asked } from '../../envoy/guarded.ts';
import type { Sent, Tally } from '../agent/protocol.ts';
import type { Load } from '../client.ts';
import { nameOf } from '../pods.ts';
import { killContainer } from '../reaper.ts';
import { installRelease, releaseValues } from '../release.ts';
import { enter, type World } from '../world.ts';
import { type Edge, openEdge, type Product } from './edge.ts';
import { SHOP } from './tenants.ts';

const WAIT = { timeout: 120_000, interval: 200 };
export const VALIDATORS = 'portcullis-gateway';
const SELECTOR = `app.kubernetes.io/component=gateway-${VALIDATORS}`;

const OPEN = '200 v1';
const NO_TOKEN = '401 token_missing';
/** The gateway's own, without a body: nobody answers. */
export const AWAY = '503 ';
/** The gateway's own: it knows nobody whom it could ask. */
export const NOBODY = '403 RBAC: access denied';
/** Of a validator that has started, and has not got its policy yet. */
const POLICY_MISSING = '503 policy_missing';

export interface Faults {
  /** What takes the place of the gateway's controller. */
  readonly controller: { readonly namespace: string; readonly deployment: string; readonly selector: string };
  /** What a client gets while there are no validators at all. */
  readonly none: string;
  /** Of each thing that a Gateway needs to ask: what a client gets without it. */
  readonly needed: readonly (readonly [kind: string, namespace: string, name: string, refusal: string])[];
}

export function testFaults(product: Product, { controller, none, needed }: Faults): void {
  let world: World;
  let edge: Edge;
  let load: Load;

  beforeAll(async () => {
    world = await enter();
    edge = await openEdge(world, product);
  });
  afterAll(() => world?.leave());

  const sent = ({ target = '/', headers = [] }: Asked): Sent => ({
    url: `http://${edge.public}${target}`,
    headers,
  });

  /** Requests of everybody: with a good token, and without one. */
  beforeEach(async () => {
    const { bearer } = contractCases(Math.floor(Date.now() / 1000));
    load = await world.client.load(sent(withToken(bearer())), sent(asking('/')));
    await load.until(0, OPEN);
  });
  afterEach(() => load.stop());

  const answers = (tally: Tally, index: number) =>
    [...new Set(tally[index]?.map(({ answer }) => answer))].sort();

  async function expectUndisturbed(): Promise<void> {
    await load.until(0, OPEN, 20);
    await load.until(1, NO_TOKEN, 20);
    const tally = await load.stop();
    expect([answers(tally, 0), answers(tally, 1)]).toEqual([[OPEN], [NO_TOKEN]]);
  }

  /** That in the end all is well, and whoever was not answered so was refused in one of these ways. */
  async function expectRefused(...refusals: readonly string[]): Promise<void> {
    await load.until(0, OPEN, 20);
    await load.until(1, NO_TOKEN, 20);
    const tally = await load.stop();
    expect([OPEN, ...refusals]).toEqual(expect.arrayContaining(answers(tally, 0)));
    expect([NO_TOKEN, ...refusals]).toEqual(expect.arrayContaining(answers(tally, 1)));
  }

  const rollOut = (what: string, namespace: string): Promise<string> =>
    world.k.must(['rollout', 'status', what, '-n', namespace, '--timeout=180s']);
  const pods = async (): Promise<readonly string[]> =>
    (await world.k.list('pod', HOME, SELECTOR)).map((pod) => nameOf(pod));
  const signal = async (what: Parameters<typeof killContainer>[4]): Promise<void> => {
    for (const name of await pods()) await killContainer(world.k, HOME, name, 'portcullis-validator', what);
  };

  it('one of the validators ends: nobody notices', async () => {
    const [first = ''] = await pods();
    await world.k.must(['delete', 'pod', first, '-n', HOME]);
    await rollOut(`deployment/${VALIDATORS}`, HOME);
    await expectUndisturbed();
  });

  it('all validators are killed', async () => {
    await signal('SIGKILL');
    await load.until(0, AWAY);
    await expectRefused(AWAY, NOBODY, POLICY_MISSING);
  });

  it('all validators stand still', async () => {
    await signal('SIGSTOP');
    await load.until(0, AWAY);
    await signal('SIGCONT');
    await expectRefused(AWAY, NOBODY);
  });

  it('one of two stands still: it is asked until it is not ready any more', async () => {
    const [first = ''] = await pods();
    const container = [HOME, first, 'portcullis-validator'] as const;
    await killContainer(world.k, ...container, 'SIGSTOP');
    await load.until(0, AWAY);
    // Half of so many would wait for it.
    const calm = async () => {
      const last = (await load.tally())[0]?.at(-1);
      return last?.answer === OPEN && last.count > 50;
    };
    await expect.poll(calm, WAIT).toBe(true);
    await killContainer(world.k, ...container, 'SIGCONT');
    await expectRefused(AWAY);
  });

  it('there are no validators any more', async () => {
    const scale = (replicas: number) =>
      world.k.must(['scale', `deployment/${VALIDATORS}`, '-n', HOME, `--replicas=${replicas}`]);
    await scale(0);
    await load.until(0, none, 20);
    await scale(2);
    // Those that start are asked, since no others are there.
    await expectRefused(AWAY, NOBODY, POLICY_MISSING);
  });

  it.each(needed)('the %s is taken away, and applied again', async (kind, namespace, name, refusal) => {
    await world.k.must(['delete', kind, name, '-n', namespace]);
    await load.until(0, refusal);
    await edge.ask();
    await expectRefused(AWAY, NOBODY);
  });

  it('the controller of the Gateway is restarted', async () => {
    const { namespace, deployment, selector } = controller;
    const pod = ['pod', '-n', namespace, '-l', selector];
    await world.k.must(['delete', ...pod, '--grace-period=0', '--force']);
    await rollOut(`deployment/${deployment}`, namespace);
    await expectUndisturbed();
  });

  it('policy is changed: each request is decided by the old one or the new one', async () => {
    const patch = (rules: unknown) =>
      world.k.must([
        ...['patch', 'apibinding', 'orders', '-n', SHOP, '--type=merge', '-p'],
        JSON.stringify({ spec: { rules } }),
      ]);
    const { rules } = JSON.parse(
      await world.k.must(['get', 'apibinding', 'orders', '-n', SHOP, '-o', 'jsonpath={.spec}']),
    );
    await patch([{ name: 'all', require: { roles: { anyOf: ['nobody'] } } }]);
    await load.until(0, '403 role_mismatch', 20);
    await patch(rules);
    await load.until(0, OPEN, 20);
    const tally = await load.stop();
    expect(answers(tally, 0)).toEqual([OPEN, '403 role_mismatch']);
    expect(answers(tally, 1)).toEqual([NO_TOKEN]);
  });

  it('validators are upgraded', async () => {
    await installRelease(world.kubeconfig, releaseValues({ ...world, image: world.nextImage }, edge.values));
    const images = async () =>
      (await world.k.list('pod', HOME, SELECTOR)).map((pod) =>
        JSON.stringify(pod.spec).includes(world.nextImage),
      );
    await expect.poll(images, WAIT).toEqual([true, true]);
    await expectUndisturbed();
  });
}
