// What the documentation tells a newcomer to apply, with the provider and the API of the tests in it.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { isJsonObject, type JsonObject } from '../../src/matching/json.ts';
import { issuerOf } from './keycloak.ts';
import { AGENT, appContainer } from './objects.ts';
import { enter, type World } from './world.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/kubernetes', import.meta.url));
const ann = { user: 'ann', password: 'correct horse' };
const joe = { user: 'joe', password: 'battery staple' };
const WAIT = { timeout: 60_000, interval: 200 };

let world: World;

beforeAll(async () => {
  world = await enter();
});
afterAll(() => world?.leave());

async function exampleObjects(): Promise<readonly JsonObject[]> {
  const files = (await readdir(EXAMPLE)).filter((name) => name.endsWith('.yaml')).sort();
  const texts = await Promise.all(files.map((name) => readFile(path.join(EXAMPLE, name), 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text).map((document): JsonObject => document.toJS()));
}

/** As its comments tell the reader to fill it in. */
function filledIn(object: JsonObject): JsonObject {
  switch (object.kind) {
    case 'AuthenticationSource': {
      const spec = isJsonObject(object.spec) ? object.spec : {};
      const { mapping: _, ...jwt } = isJsonObject(spec.jwt) ? spec.jwt : {};
      const fetch = { caBundleFrom: { configMapKeyRef: { name: 'keycloak-ca', key: 'ca.crt' } } };
      const own = { ...jwt, preset: 'Keycloak', issuer: issuerOf('quickstart'), fetch };
      return { ...object, spec: { ...spec, jwt: own } };
    }
    case 'Deployment': {
      // The image of the example cannot be had everywhere; what calls it needs no change.
      const volumes = [{ name: AGENT, configMap: { name: AGENT } }];
      return withPodSpec(object, { containers: [appContainer(world)], volumes });
    }
    default:
      return object;
  }
}

function withPodSpec(deployment: JsonObject, changes: JsonObject): JsonObject {
  const spec = isJsonObject(deployment.spec) ? deployment.spec : {};
  const template = isJsonObject(spec.template) ? spec.template : {};
  const pod = isJsonObject(template.spec) ? template.spec : {};
  return { ...deployment, spec: { ...spec, template: { ...template, spec: { ...pod, ...changes } } } };
}

test('the example guards its API', async () => {
  const { k, client, keycloak } = world;
  const realm = await keycloak.createRealm('quickstart');
  await realm.createRole('admin');
  await realm.createClient('web', { audience: 'https://orders.example' });
  await realm.createUser({ ...ann, roles: ['admin'] });
  await realm.createUser(joe);
  await world.namespace('shop');
  await k.apply(...(await exampleObjects()).map(filledIn));
  await k.must(['rollout', 'status', 'deployment/orders', '-n', 'shop', '--timeout=120s']);
  await k.wait('condition=Ready', 'authsource/demo', 'shop');
  await k.wait('condition=Ready', 'apibinding/orders', 'shop');
  const at = async (path: string, user?: typeof ann) =>
    client.outcome({
      url: `http://orders.shop.svc.cluster.local${path}`,
      headers: user === undefined ? [] : [['authorization', `Bearer ${await realm.token('web', user)}`]],
    });
  await expect.poll(() => at('/'), WAIT).toBe('401 token_missing');
  expect(await at('/', joe)).toBe('200');
  expect(await at('/admin/x', joe)).toBe('403 role_mismatch');
  expect(await at('/admin/x', ann)).toBe('200');
  expect(await at('/healthz')).toBe('200');
});
