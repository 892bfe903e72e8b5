// The contract's table of reasons, over a real pod that the chart's control plane guards.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import { REASONS } from '../../src/decision/reasons.ts';
import { contractCases, DOCUMENTS } from '../envoy/contract-cases.ts';
import type { Sent as Guarded } from '../envoy/guarded.ts';
import type { Sent } from './agent/protocol.ts';
import { appDeployment, appService } from './objects.ts';
import { enter, type World } from './world.ts';

const NAMESPACE = 'contract';
const WAIT = { timeout: 60_000, interval: 200 };
/** Refused at admission, so that no pod ever hears of it; and what only a flood of tokens brings about. */
const NOT_HERE = ['binding_invalid', 'overloaded'];

const cases = () => contractCases(Math.floor(Date.now() / 1000));
const SHOWN = cases()
  .refused.map(([reason, status], index) => ({ reason, status, index }))
  .filter(({ reason }) => !NOT_HERE.includes(reason));

let world: World;

beforeAll(async () => {
  world = await enter();
  const { k, image } = world;
  await world.namespace(NAMESPACE);
  const wanted = DOCUMENTS.filter((document) => !JSON.stringify(document).includes('"broken"'));
  await k.apply(appService('api', NAMESPACE), appDeployment({ name: 'api', namespace: NAMESPACE, image }));
  await k.apply(...wanted.map(guardingApi));
  await k.must(['rollout', 'restart', 'deployment/api', '-n', NAMESPACE]);
  await k.must(['rollout', 'status', 'deployment/api', '-n', NAMESPACE, '--timeout=120s']);
  await k.wait('condition=Programmed', 'apibinding/orders', NAMESPACE);
});
afterAll(() => world?.leave());

/** All bindings guard the one Service here, and are told apart by host. */
function guardingApi(document: object): JsonObject {
  const object: JsonObject = JSON.parse(JSON.stringify(document));
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  const spec = isJsonObject(object.spec) ? object.spec : {};
  const target = object.kind === 'ApiBinding' ? { targetRefs: [{ kind: 'Service', name: 'api' }] } : {};
  return { ...object, metadata: { ...metadata, namespace: NAMESPACE }, spec: { ...spec, ...target } };
}

const ask = ({ target = '/', method = 'GET', headers = [] }: Guarded): Sent => ({
  method,
  headers,
  url: `http://api.${NAMESPACE}.svc.cluster.local${target}`,
});

it.each(SHOWN)('$reason answers $status: $index', async ({ reason, status, index }) => {
  const [, , sent] = cases().refused[index] ?? [];
  const answer = await world.client.send(ask(sent ?? {}));
  expect(JSON.parse(answer.body), answer.body).toMatchObject({ reason, status });
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const isChallenged = REASONS[reason].challenge !== 'none';
  expect(answer.headers['www-authenticate'] !== undefined).toBe(isChallenged);
});

it('what may pass does', async () => {
  for (const sent of cases().passing) {
    await expect.poll(() => world.client.outcome(ask(sent)), WAIT).toBe('200');
  }
});
