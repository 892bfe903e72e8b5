// docs/rollout.md in the hands of a reader, with an API under load: from Audit to Enforce and a stricter rule, no request is lost.

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import { commandsOf, manifestsOf, sectionOf } from '../newcomer/readme.ts';
import { publicJwk } from '../support/tokens.ts';
import type { Load } from './client.ts';
import { mint } from './keyed.ts';
import { appDeployment, appService } from './objects.ts';
import { type Reader, reader, readPage } from './pages.ts';
import { conditionOf } from './pods.ts';
import { enter, type World } from './world.ts';

/** The page's `shop`, under a name that no other file of tests has. */
const NAMESPACE = 'rollout-shop';
const WAIT = { timeout: 120_000, interval: 500 };
const OPEN = '200 v1';

const page = readPage('rollout.md').replaceAll(/\bshop\b/g, NAMESPACE);
const part = (heading: string) => sectionOf(page, heading);
const AUDIT = part('### 1. Audit: nothing is refused');
const REPORT = part('### 2. The report: who would be refused');
const MEND = part('### 3. Mend, until the report is clean');
const ENFORCE = part('### 4. Enforce');
const STRICTER = part('## Try a stricter rule before it refuses anybody').replaceAll(/^ {3}/gm, '');

let world: World;
let shell: Reader;
let load: Load;

const url = `http://orders.${NAMESPACE}.svc.cluster.local`;
const withToken = (claims: object) => [['authorization', `Bearer ${mint(claims)}`]] as const;
/** What the API has for callers before anybody guards it. */
const CALLERS = [
  { url: `${url}/orders/7`, headers: withToken({ groups: ['clerk'], azp: 'web' }) },
  {
    url: `${url}/orders`,
    method: 'POST',
    headers: withToken({ groups: ['clerk'], azp: 'web', scope: 'orders:write' }),
  },
  { url: `${url}/orders/7`, headers: withToken({ aud: 'api://billing', azp: 'billing-cron' }) },
  { url: `${url}/status` },
  { url: `${url}/orders`, method: 'POST', headers: withToken({ groups: ['importer'], azp: 'importer' }) },
];

beforeAll(async () => {
  world = await enter();
  shell = await reader(world);
  const { k, image } = world;
  await world.namespace(NAMESPACE);
  await k.apply(appService('orders', NAMESPACE));
  await k.apply(appDeployment({ name: 'orders', namespace: NAMESPACE, image, replicas: 2 }));
  await k.wait('condition=Available', 'deployment/orders', NAMESPACE);
  // It takes the node a moment to find the pods behind a new Service.
  await vi.waitFor(async () => expect(await world.client.outcome({ url })).toBe('200'), WAIT);
  load = await world.client.load(...CALLERS);
  for (const i of CALLERS.keys()) await load.until(i, OPEN);
});
afterAll(async () => {
  await load?.stop();
  await world?.leave();
});

/** The page's sources have the reader's own keys. */
const withKeys = ({ spec, ...object }: JsonObject): JsonObject => {
  const { jwt } = isJsonObject(spec) ? spec : {};
  if (!isJsonObject(jwt)) return { ...object, ...(spec !== undefined && { spec }) };
  return { ...object, spec: { jwt: { ...jwt, keys: { jwks: { keys: [{ ...publicJwk('RS256') }] } } } } };
};
const apply = (text: string) => world.k.apply(...manifestsOf(text).map(withKeys));
const run = async (text: string): Promise<void> => {
  for (const command of commandsOf(text)) await shell.must(command);
};
const report = (text: string) => {
  const [command = ''] = commandsOf(text).filter((line) => line.includes('portcullis report'));
  return shell.try(command);
};
/** What the status says that a binding would have denied, and since when. */
async function trialOf(name: string): Promise<JsonObject | undefined> {
  const { status } = await world.k.get('apibinding', name, NAMESPACE);
  const { trial } = isJsonObject(status) ? status : {};
  return isJsonObject(trial) ? trial : undefined;
}
/** The command of a part of the page that reads it. */
const readStatus = (text: string) => {
  const [command = ''] = commandsOf(text).filter((line) => line.includes('kubectl get apibinding'));
  return shell.must(command);
};
const withoutReports = (text: string) => text.replaceAll(/^```console\n.*?^```$/gms, '');

/** That every caller has been served so often since, and never in any other way. */
async function served(): Promise<void> {
  for (const i of CALLERS.keys()) await load.until(i, OPEN, 20);
  const tally = await load.tally();
  expect(tally.map((runs) => [...new Set(runs.map(({ answer }) => answer))])).toEqual(
    CALLERS.map(() => [OPEN]),
  );
}

const programmed = (name: string) =>
  expect
    .poll(async () => conditionOf(await world.k.get('apibinding', name, NAMESPACE), 'Programmed'), WAIT)
    .toBe('True Programmed');

it('Audit refuses nobody, and the report names the three that would be', async () => {
  await apply(AUDIT);
  await run(AUDIT);
  await programmed('orders');
  await served();
  const { output } = await report(REPORT);
  expect(output).toMatch(/would be refused: /);
  for (const caller of ['client billing-cron', 'client importer', 'address '])
    expect(output).toContain(caller);
  expect(output).toMatch(/audience_mismatch.*\n/);
  expect(output).toMatch(/role_mismatch.*\n/);
  expect(output).toMatch(/token_missing.*\n/);
  expect(output).not.toContain('client web');
  await expect.poll(async () => Number((await trialOf('orders'))?.wouldDeny), WAIT).toBeGreaterThan(0);
  expect(await readStatus(REPORT)).toMatch(/WOULD DENY .*\n.* Audit +[1-9]/);
});

it('once they are mended, the report is clean', async () => {
  expect((await report(MEND)).code).toBe(1);
  await apply(MEND);
  await programmed('orders');
  await run(withoutReports(MEND));
  await served();
  const { code, output, complaint } = await report(MEND);
  expect(output).toMatch(/requests: [\d,]+ allowed\n/);
  expect(output).not.toContain('refused');
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
  expect(JSON.parse(await readStatus(MEND))).toMatchObject({ wouldDeny: 0 });
});

it('Enforce refuses whoever nobody knows, and none of them', async () => {
  await run(ENFORCE);
  await expect.poll(() => world.client.outcome({ url }), WAIT).toBe('401 token_missing');
  await expect.poll(() => trialOf('orders'), WAIT).toBeUndefined();
  await served();
});

it('a Trial of a stricter rule names whom it would refuse, and refuses nobody', async () => {
  await apply(STRICTER);
  await programmed('orders-next');
  await served();
  const { output } = await shell.try(`kubectl portcullis report orders-next --namespace ${NAMESPACE}`);
  expect(output).toContain('orders-next (Trial)');
  expect(output).toMatch(/scope_insufficient/);
  expect(output).toContain('client billing-cron');
  const trace = `kubectl portcullis trace orders-next --namespace ${NAMESPACE} --denied --count 3`;
  const lines = (await shell.must(trace)).trim().split('\n');
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).toMatch(/would_deny/);
  const explained = await shell.must(`${trace.replace('3', '1')} --reason scope_insufficient --explain`);
  expect(explained).toMatch(/^ {2}> require +scope_insufficient: /m);
  expect(explained).toMatch(/^ {4}answer +would_deny: denied: 403 scope_insufficient$/m);
  await expect.poll(async () => Number((await trialOf('orders-next'))?.wouldDeny), WAIT).toBeGreaterThan(0);
});
