/** `status.trial`: what validators count of a binding in mode Audit, over a change of the leader, until it enforces. */

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { publicJwk } from '../support/tokens.ts';
import { type Replica, startWorld, type World } from './processes.ts';
import { ours, SHOP, sourceOf } from './shop.ts';
import type { ValidatorProcess } from './validator-process.ts';

/** A validator tells once a minute, and a status is written once a minute. */
const SOON = { timeout: 150_000, interval: 200 };

let world: World;
let replicas: readonly Replica[];
let validators: readonly ValidatorProcess[];

const binding = (mode: string): object =>
  ours('ApiBinding', 'orders', {
    mode,
    targetRefs: [{ kind: 'Service', name: 'orders' }],
    sources: [{ name: 'login' }],
    realm: mode,
  });

beforeAll(async () => {
  world = await startWorld();
  await world.apply(
    sourceOf('https://issuer.example', { keys: { jwks: { keys: [publicJwk('RS256')] } } }),
    binding('Audit'),
  );
  const tokens = await Promise.all([world.pod('p'), world.pod('q')]);
  replicas = await Promise.all([world.replica('a'), world.replica('b')]);
  validators = await Promise.all(['p', 'q'].map((pod, i) => world.validator(pod, tokens[i] ?? '')));
  await Promise.all([...replicas, ...validators].map((process) => process.ready()));
});
afterAll(() => world?.stop());

interface Trial {
  readonly wouldDeny: number;
  readonly since: string;
}

async function trial(): Promise<Trial | undefined> {
  const status = ['get', 'apibinding', 'orders', '-n', SHOP, '-o', 'jsonpath={.status.trial}'];
  const text = await world.kubectl(...status);
  return text === '' ? undefined : (JSON.parse(text) as Trial);
}

const counted = (wouldDeny: number) =>
  vi.waitFor(async () => expect(await trial()).toMatchObject({ wouldDeny }), SOON);

/** Without a token; in mode Audit it passes. */
async function ask(validator: ValidatorProcess | undefined, times: number, status = 200): Promise<void> {
  for (let i = 0; i < times; i++) expect((await validator?.ask(undefined))?.status).toBe(status);
}

it('sums up what all validators count', async () => {
  await counted(0);
  await Promise.all([ask(validators[0], 3), ask(validators[1], 2)]);
  await counted(5);
  const table = await world.kubectl('get', 'apibinding', 'orders', '-n', SHOP, '-o', 'wide');
  expect(table).toMatch(/MODE +WOULD DENY .*\n.* Audit +5 /);
});

it('goes on with the next leader, and is exact', async () => {
  const before = await trial();
  const holder = await world.holder();
  const leader = replicas.find(({ name }) => name === holder);
  leader?.server.signal('SIGKILL');
  await leader?.server.ended();
  await ask(validators[0], 4);
  await counted(9);
  expect(await world.holder()).not.toBe(holder);
  expect((await trial())?.since).toBe(before?.since);
});

it('is no more where the binding enforces', async () => {
  await world.apply(binding('Enforce'));
  await vi.waitFor(async () => expect(await trial()).toBeUndefined(), SOON);
  for (const validator of validators) {
    await vi.waitFor(async () => expect(await validator.realm()).toBe('Enforce'), SOON);
    await ask(validator, 1, 401);
  }
  expect(await trial()).toBeUndefined();
});
