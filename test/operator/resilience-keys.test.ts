/** An identity provider that rotates its keys, or is away while the operator starts. */

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { reasonOf } from '../support/validator.ts';
import { type Replica, startWorld, type World } from './processes.ts';
import { type Provider, startProvider } from './rotating-provider.ts';
import { bindingWith, sourceOf } from './shop.ts';
import type { ValidatorProcess } from './validator-process.ts';

const SOON = { timeout: 50_000, interval: 50 };

let world: World;
let provider: Provider;
let replica: Replica;
let podToken: string;
let validator: ValidatorProcess;

beforeAll(async () => {
  [world, provider] = await Promise.all([startWorld(), startProvider()]);
  await world.apply(sourceOf(provider.issuer, { fetch: { unknownKeyCooldown: '100ms' } }), bindingWith('r0'));
  podToken = await world.pod('p');
  replica = await world.replica('a');
  validator = await world.validator('p', podToken);
  await Promise.all([replica.ready(), validator.ready()]);
  await vi.waitFor(async () => expect(await validator.keys()).toEqual(['a']), SOON);
});
afterAll(async () => {
  await world?.stop();
  await provider?.stop();
});

const verdict = async (key: string, at = validator): Promise<string> => {
  const answer = await at.ask(provider.token(key));
  return `${answer.status} ${reasonOf(answer)}`;
};

it('makes a request wait for a short while alone, when the provider is slow', async () => {
  const release = provider.holdBack();
  provider.publish('a', 'b');
  const before = provider.fetches();
  expect(await verdict('b')).toBe('503 keys_unavailable');
  expect(await verdict('a')).toBe('200 authenticated');
  release();
  await vi.waitFor(async () => expect(await verdict('b')).toBe('200 authenticated'), SOON);
  expect(provider.fetches()).toBe(before + 1);
});

it('fetches once, whoever asks for a key that was published just now', async () => {
  const another = await world.validator('q', await world.pod('q'));
  await another.ready();
  provider.publish('a', 'b', 'c');
  const before = provider.fetches();
  const all = await Promise.all(Array.from({ length: 8 }, () => verdict('c', another)));
  // Whoever waited in vain for that fetch is to try again.
  expect(all.filter((one) => !['200 authenticated', '503 keys_unavailable'].includes(one))).toEqual([]);
  await vi.waitFor(async () => expect(await verdict('c', another)).toBe('200 authenticated'), SOON);
  expect(provider.fetches()).toBe(before + 1);
  // The others hear of it, too.
  await vi.waitFor(async () => expect(await validator.keys()).toEqual(['a', 'b', 'c']), SOON);
});

it('keeps the keys over a restart while the provider is away, also for a new validator', async () => {
  const kept = () => world.kubectl('get', 'configmap', '-n', 'portcullis-system', '-l', KEYS, '-o', DATA);
  const uid = await world.kubectl(
    'get',
    'authsource',
    'login',
    '-n',
    'shop',
    '-o',
    'jsonpath={.metadata.uid}',
  );
  await vi.waitFor(async () => expect(await kept()).toMatch(/kid\W+c\W/), SOON);
  expect(await kept()).toContain(`portcullis-keys-${uid}`);
  await provider.stop();
  replica.server.signal('SIGKILL');
  await replica.server.ended();
  expect(await verdict('c')).toBe('200 authenticated');

  const [next, token] = await Promise.all([world.replica('b'), world.pod('r')]);
  const another = await world.validator('r', token);
  await Promise.all([next.ready(), another.ready()]);
  expect(await verdict('c', another)).toBe('200 authenticated');
  expect(await verdict('c')).toBe('200 authenticated');
  const failing = { ready: 'True' };
  const look = async () => {
    expect(await world.status('authsource', 'login')).toMatchObject(failing);
    const code = await world.kubectl('get', 'authsource', 'login', '-n', 'shop', '-o', CODE);
    expect(code).toBe('UNKNOWN_HOST');
  };
  await vi.waitFor(look, SOON);
  await provider.restart();
  const well = async () =>
    expect(await world.kubectl('get', 'authsource', 'login', '-n', 'shop', '-o', CODE)).toBe('');
  await vi.waitFor(well, SOON);
});

const KEYS = 'portcullis.dev/keys=true';
const DATA = 'jsonpath={range .items[*]}{.metadata.name} {.data}{end}';
const CODE = 'jsonpath={.status.issuerError.code}';

it('forgets what it kept of a source that is gone', async () => {
  const names = () => world.kubectl('get', 'configmap', '-n', 'portcullis-system', '-l', KEYS, '-o', 'name');
  await vi.waitFor(async () => expect(await names()).not.toBe(''), SOON);
  await world.kubectl('delete', 'apibinding', 'orders', '-n', 'shop');
  await world.kubectl('delete', 'authsource', 'login', '-n', 'shop');
  await vi.waitFor(async () => expect(await names()).toBe(''), SOON);
});
