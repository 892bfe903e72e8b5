/** The API server, its storage, or the network in between go away under the control plane, and come back. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { kubeconfigFor } from '../apiserver/connect.ts';
import { type CuttableProxy, startProxy } from '../apiserver/proxy.ts';
import { expectFlow, expectNoHarm, type Load, startLoad } from './load.ts';
import { type Replica, startWorld, type World } from './processes.ts';
import { type Provider, startProvider } from './rotating-provider.ts';
import { bindingWith, sourceOf } from './shop.ts';
import type { ValidatorProcess } from './validator-process.ts';

/** Where the Lease has a connection of its own that lives, dead watches are found by their silence alone: 75 s. */
const SOON = { timeout: 100_000, interval: 50 };
vi.setConfig({ testTimeout: 300_000 });

let world: World;
let provider: Provider;
let proxy: CuttableProxy;
let replica: Replica;
let validator: ValidatorProcess;
let load: Load;
let kubeconfig: string;

beforeAll(async () => {
  [world, provider] = await Promise.all([startWorld(), startProvider()]);
  proxy = await startProxy(world.api.url);
  await world.apply(sourceOf(provider.issuer), bindingWith('r0'));
  const token = await world.pod('p');
  kubeconfig = await kubeconfigFor(world.kubeconfig, world.api.url, proxy.url);
  replica = await world.replica('a', { kubeconfig });
  validator = await world.validator('p', token);
  await Promise.all([replica.ready(), validator.ready()]);
});
beforeEach(() => {
  load = startLoad(validator, provider.token('a'));
});
afterEach(async () => {
  await load.stop();
});
afterAll(async () => {
  await world?.stop();
  await proxy?.close();
  await provider?.stop();
});

/** What a line of the log says of an API server that is silent. */
const SILENT = {
  server: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
  remedy: expect.stringContaining('let the operator reach the API server'),
};

/** A change of now reaches the validator and is reported. */
async function expectReport(): Promise<void> {
  await expectFlow(world, validator);
  const good = { ready: 'True', validators: '1/1', observed: true };
  const look = async () => expect(await world.status('apibinding', 'orders')).toMatchObject(good);
  await vi.waitFor(look, SOON);
}

describe('goes on', () => {
  it('when the API server was away for long enough to lose the lead', async () => {
    await expectReport();
    await world.api.halt();
    await vi.waitFor(() => expect(replica.logged('Ended leading')).toHaveLength(1), SOON);
    await world.api.resume();
    await expectReport();
    expectNoHarm(load);
  });

  it('when the storage of the API server was away', async () => {
    const before = replica.logged('Ended leading').length;
    await world.api.haltStorage();
    await vi.waitFor(() => expect(replica.logged('Ended leading').length).toBeGreaterThan(before), SOON);
    await world.api.resumeStorage();
    await expectReport();
    expectNoHarm(load);
  });

  it('when all its connections are dead and nobody has told it', async () => {
    await expectReport();
    const before = proxy.accepted();
    proxy.become('frozen');
    proxy.become('forwarding');
    await expectReport();
    expect(proxy.accepted()).toBeGreaterThan(before);
    expect(replica.logged('Could not hold the lease').at(-1)).toMatchObject(SILENT);
    expectNoHarm(load);
  });
});

it('says what does not answer, and what to do, where it starts meanwhile; then it goes on by itself', async () => {
  proxy.become('frozen');
  const late = await world.replica('late', { kubeconfig });
  const page = async () => (await fetch(`http://127.0.0.1:${late.admin}/readyz`)).text();
  const obstacle = /^the cluster has not been read yet; list \S+: the API server neither answers nor refuses/;
  await vi.waitFor(async () => expect(await page()).toMatch(obstacle), SOON);
  expect(late.logged('Could not follow ApiBindings').at(-1)).toMatchObject({
    server: proxy.url,
    remedy: expect.stringContaining('networkPolicy.egress of the chart'),
    problem: expect.stringMatching(/: the API server neither answers nor refuses \(UND_ERR_\w+\)$/),
  });
  proxy.become('forwarding');
  await late.ready();
  await late.server.stop();
  await expectReport();
});

it('ends though the API server does not answer', async () => {
  await expectReport();
  proxy.become('frozen');
  replica.server.signal('SIGTERM');
  expect(await replica.server.ended()).toBe('ended (exit code 0)');
  expectNoHarm(load);
});
