// The commands of docs/runbooks.md as they stand there, in a cluster that has the shop of the page, and what is wrong in it.

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { commandsOf } from '../newcomer/readme.ts';
import { guard, keys } from './keyed.ts';
import { appDeployment, appService, binding, source } from './objects.ts';
import { type Reader, reader, readPage } from './pages.ts';
import { nameOf, podsOf } from './pods.ts';
import { enter, type World } from './world.ts';

const SHOP = 'shop';
const WAIT = { timeout: 120_000, interval: 200 };

const page = readPage('runbooks.md');
/** Between the lines, those that only look. */
const inText = [...page.replaceAll(/^```.*?^```$/gms, '').matchAll(/`(kubectl get [^`]+)`/g)].map(
  ([, command = '']) => command.replaceAll(/\s+/g, ' '),
);
const commands = [...new Set([...commandsOf(page), ...inText])];
/** What needs more than a cluster. */
const ELSEWHERE = ['curl -i https://orders.example/'];
/** Nothing to be found is no fault of the command: of a container that never ended, of an operator without warnings. */
const MAY_FIND_NOTHING = [/ --previous\b/, / \| grep (-v '"level":30'|-i certificate)$/];
/** What kubectl says of the one of several pods or containers that it reads. */
const CHOICE = /^(Found \d+ pods, using pod\/|Defaulted container ).*\n/gm;
const POD = /\borders-[0-9a-f]{8,10}-[0-9a-z]{5}\b/g;

let world: World;
let shell: Reader;
let pod: string;

beforeAll(async () => {
  world = await enter();
  shell = await reader(world);
  const { k, image, client } = world;
  await world.namespace(SHOP);
  await k.apply(keys(SHOP), guard(SHOP, 'orders'), appService('orders', SHOP));
  await k.apply(appDeployment({ name: 'orders', namespace: SHOP, image }));
  await k.wait('condition=Available', 'deployment/orders', SHOP);
  await k.apply(...WRONG);
  // No sidecar can guard a pod in the node's own network.
  const labels = { 'portcullis.dev/inject': 'true' };
  const refused = { name: 'refused', namespace: SHOP, image, labels, spec: { hostNetwork: true } };
  await k.apply(appDeployment(refused));
  const url = `http://orders.${SHOP}.svc.cluster.local/x`;
  await vi.waitFor(async () => expect(await client.outcome({ url })).toMatch(/^401 /), WAIT);
  const okta = () => k.get('authsource', 'okta', SHOP);
  await vi.waitFor(async () => expect((await okta()).status).toHaveProperty('issuerError'), WAIT);
  for (const reason of ['InjectionRefused', 'FailedCreate']) {
    const events = ['get', 'events', '-n', SHOP, '--no-headers', `--field-selector=reason=${reason}`];
    await vi.waitFor(async () => expect(await k.must(events)).not.toBe(''), WAIT);
  }
  pod = nameOf((await podsOf(k, SHOP, 'orders'))[0]);
});
afterAll(() => world?.leave());

const WRONG = [
  source(SHOP, 'okta', { issuer: 'https://okta.nosuch.invalid', audiences: ['api'] }),
  appService('invoices', SHOP),
  binding(SHOP, 'invoices', { sources: [{ name: 'okta' }] }),
  binding(SHOP, 'returns', { sources: [{ name: 'keys' }] }),
];

it('the page has commands, and only those that need more than a cluster are left out', () => {
  expect(commands.length).toBeGreaterThan(25);
  expect(commands).toEqual(expect.arrayContaining(ELSEWHERE));
  expect(commands.filter((command) => !/^(kubectl|portcullis) /.test(command))).toEqual(ELSEWHERE);
});

it.each(commands.filter((command) => !ELSEWHERE.includes(command)))('%s', async (command) => {
  const { code, output, complaint } = await shell.try(command.replaceAll(POD, pod));
  const problem = complaint.replaceAll(CHOICE, '');
  if (MAY_FIND_NOTHING.some((one) => one.test(command)) && code === 1) {
    expect(problem).toMatch(/^($|Error from server \(BadRequest\): previous terminated container )/);
    return;
  }
  expect([code, problem]).toEqual([0, '']);
  expect(output.trim()).not.toBe('');
});
