/** Two replicas, and the leader ends: killed, asked to end, or robbed of its Lease. */

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { readSecretData } from '../../src/operator/certificates/authority.ts';
import { WEBHOOK_SECRET } from '../../src/operator/certificates/names.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { askWebhook, expectNoHarm, type Load, startLoad } from './load.ts';
import { type Replica, startWorld, type World } from './processes.ts';
import { HOME } from './rights.ts';
import { type Provider, startProvider } from './rotating-provider.ts';
import { bindingWith, SHOP, sourceOf } from './shop.ts';
import type { ValidatorProcess } from './validator-process.ts';

const soon = (seconds: number) => ({ timeout: seconds * 1000, interval: 20 });

let world: World;
let provider: Provider;
let validators: readonly ValidatorProcess[];
let replicas: readonly Replica[];
let load: Load;

beforeAll(async () => {
  [world, provider] = await Promise.all([startWorld(), startProvider()]);
  await world.apply(sourceOf(provider.issuer), bindingWith('r0'));
  const tokens = await Promise.all([world.pod('p'), world.pod('q')]);
  replicas = await Promise.all([world.replica('a'), world.replica('b')]);
  validators = await Promise.all(['p', 'q'].map((pod, i) => world.validator(pod, tokens[i] ?? '')));
  await Promise.all([...replicas, ...validators].map((process) => process.ready()));
  await inForce('r0', 30);
  load = startLoad(first(validators), provider.token('a'));
});
afterAll(async () => {
  await load?.stop();
  await world?.stop();
  await provider?.stop();
});

function first<T>([one]: readonly T[]): T {
  if (one === undefined) throw new Error('there is none');
  return one;
}

/** Replicas that run, the leader first. */
async function running(): Promise<readonly Replica[]> {
  const holder = await world.holder();
  return replicas
    .filter(({ server }) => server.running)
    .toSorted((one, other) => Number(other.name === holder) - Number(one.name === holder));
}

const change = (realm: string) =>
  world.kubectl(
    'patch',
    'apibinding',
    'orders',
    '-n',
    SHOP,
    '--type=merge',
    '-p',
    `{"spec":{"realm":"${realm}"}}`,
  );

/** Every validator enforces it, and status says so. */
async function inForce(realm: string, seconds: number): Promise<void> {
  await vi.waitFor(async () => expect(await realms()).toEqual([realm, realm]), soon(seconds));
  const good = { ready: 'True', validators: '2/2', observed: true };
  const look = async () => expect(await world.status('apibinding', 'orders')).toMatchObject(good);
  await vi.waitFor(look, soon(seconds));
}

const realms = () => Promise.all(validators.map((validator) => validator.realm()));

async function startAnother(name: string): Promise<void> {
  const replica = await world.replica(name);
  replicas = [...replicas, replica];
  await replica.ready();
}

it('is killed: all goes on, with what was changed meanwhile', async () => {
  const [leader] = await running();
  leader?.server.signal('SIGKILL');
  await leader?.server.ended();
  await change('r1');
  await inForce('r1', 40);
  expectNoHarm(load);
});

it('is asked to end: all goes on, webhooks without a pause', async () => {
  await startAnother('c');
  const [leader, follower] = await running();
  leader?.server.signal('SIGTERM');
  await change('r2');
  const judged: string[] = [];
  const secret = good(
    await world.admin.client.get(RESOURCES.Secret, { namespace: HOME, name: WEBHOOK_SECRET }),
  );
  const { current = '' } = readSecretData(secret.data);
  do judged.push(await askWebhook(follower?.webhook() ?? 0, current));
  while (follower?.policy() === undefined);
  await inForce('r2', 30);
  expect(await leader?.server.ended()).toBe('ended (exit code 0)');
  expect(new Set(judged)).toEqual(new Set(['allowed: false']));
  expectNoHarm(load);
});
