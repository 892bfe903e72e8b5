/** Helm, Flux and Argo CD wait for our objects: by real statuses of a real operator, in whichever order they come. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '../../src/base/json.ts';
import type { Result } from '../../tools/run.ts';
import { temporaryFolder } from '../support/server.ts';
import { type Installed, installed, namespace } from './installed.ts';
import { type Kstatus, kstatus } from './kstatus.ts';
import { health } from './lua.ts';
import { helm } from './render.ts';
import * as tenants from './tenants.ts';

const SOON = { timeout: 45_000, interval: 100 };
const examples = fileURLToPath(new URL('../../examples/argocd', import.meta.url));
const lua = await readFile(path.join(examples, 'health.lua'), 'utf8');

let world: Installed;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  folder = await temporaryFolder('release');
  world = await installed([
    namespace('shop', { 'portcullis.dev/injection': 'enabled' }),
    namespace('closed'),
  ]);
  // There is no node: admission is called by nobody.
  await world.install({ secretAccess: { namespaces: ['shop'] } });
  await world.kubectl(['delete', 'validatingwebhookconfiguration', 'portcullis']);
});
afterAll(async () => {
  await world?.stop();
  await folder?.remove();
});

const get = async (place: string, what: string): Promise<JsonObject> =>
  JSON.parse(await world.kubectl(['-n', place, 'get', what, '-o', 'json']));

/** What the tools make of an object as it stands now. */
async function seen(place: string, what: string): Promise<Seen> {
  const object = await get(place, what);
  return [kstatus(object), (await health(lua, object)).status];
}

describe('without an operator', () => {
  it('everything is waited for', async () => {
    const objects = [tenants.hmacSource('shop', 'first'), ...tenants.api('shop', 'first', ['first'])];
    await world.apply(...objects, tenants.hmacSource('closed', 'refused'));
    for (const what of ['authsource/first', 'apibinding/first']) {
      expect(await seen('shop', what), what).toEqual(WAITED_FOR);
    }
  });
});

describe('with an operator', () => {
  beforeAll(async () => {
    await world.startOperator();
  });

  it('what comes before that which it needs is waited for, and settles when that comes', async () => {
    await vi.waitFor(async () => {
      const { message } = await health(lua, await get('shop', 'authsource/first'));
      expect(message).toContain('there is no Secret shop/first');
    }, SOON);
    expect(await seen('shop', 'authsource/first')).toEqual(WAITED_FOR);
    expect(await seen('shop', 'apibinding/first')).toEqual(WAITED_FOR);
    await world.apply(tenants.secret('shop', 'first'));
    await settled('shop', 'authsource/first', GOOD);
    await settled('shop', 'apibinding/first', GOOD);
  });

  it('a right that is missing is waited for, too, and the message says which', async () => {
    await vi.waitFor(async () => {
      const { message } = await health(lua, await get('closed', 'authsource/refused'));
      expect(message).toContain('secretAccess.namespaces');
    }, SOON);
    expect(await seen('closed', 'authsource/refused')).toEqual(WAITED_FOR);
  });

  it('what somebody has to correct has failed, until they do', async () => {
    const broken = tenants.hmacSource('shop', 'broken', { expressions: [{ expression: 'claims.' }] });
    await world.apply(tenants.secret('shop', 'broken'), broken);
    await settled('shop', 'authsource/broken', ['Failed', 'Degraded']);
    await world.apply(tenants.hmacSource('shop', 'broken', { expressions: [{ expression: 'true' }] }));
    await settled('shop', 'authsource/broken', GOOD);
  });

  it('a change is waited for until the operator has seen it', async () => {
    const { metadata, ...rest } = await get('shop', 'authsource/first');
    const changed = { ...rest, metadata: { ...(metadata as JsonObject), generation: 99 } };
    expect([kstatus(changed), (await health(lua, changed)).status]).toEqual(WAITED_FOR);
  });

  it('helm --wait returns when the binding is Ready, whatever the order', async () => {
    const objects = [...tenants.api('shop', 'late', ['late']), tenants.hmacSource('shop', 'late')];
    const waiting = release('late', objects, '2m');
    await vi.waitFor(() => get('shop', 'apibinding/late'), SOON);
    await world.apply(tenants.secret('shop', 'late'));
    expect(await waiting).toMatchObject({ code: 0 });
    expect(await seen('shop', 'apibinding/late')).toEqual(GOOD);
  });

  it('helm --wait names what does not get ready', async () => {
    const { code, stderr } = await release('never', [tenants.hmacSource('closed', 'never')], '3s');
    expect([code, stderr]).toEqual([1, expect.stringContaining('AuthenticationSource/closed/never')]);
  });
});

describe('examples/argocd/argocd-cm.yaml', () => {
  it('is merged into what Argo CD has', async () => {
    const metadata = { namespace: 'argocd', name: 'argocd-cm' };
    const before = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { url: 'https://argocd.example' } };
    await world.apply(namespace('argocd'), before);
    const file = path.join(examples, 'argocd-cm.yaml');
    await world.kubectl(['-n', 'argocd', 'patch', 'configmap', 'argocd-cm', '--patch-file', file]);
    const { data } = await get('argocd', 'configmap/argocd-cm');
    expect(data).toEqual({ ...before.data, ...parse(await readFile(file, 'utf8')).data });
  });

  it('holds health.lua for both kinds', async () => {
    const { data } = parse(await readFile(path.join(examples, 'argocd-cm.yaml'), 'utf8'));
    expect(data).toEqual({
      'resource.customizations.health.portcullis.dev_AuthenticationSource': lua,
      'resource.customizations.health.portcullis.dev_ApiBinding': lua,
    });
  });
});

type Seen = readonly [Kstatus, string];
const GOOD: Seen = ['Current', 'Healthy'];
const WAITED_FOR: Seen = ['InProgress', 'Progressing'];

const settled = (place: string, what: string, as: Seen) =>
  vi.waitFor(async () => expect(await seen(place, what)).toEqual(as), SOON);

/** Installs a chart of these objects and waits. */
async function release(name: string, objects: readonly JsonObject[], timeout: string): Promise<Result> {
  const chart = path.join(folder.path, name);
  await mkdir(path.join(chart, 'templates'), { recursive: true });
  await writeFile(path.join(chart, 'Chart.yaml'), `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`);
  const list = objects.map((object) => JSON.stringify(object)).join('\n---\n');
  await writeFile(path.join(chart, 'templates', 'objects.yaml'), list);
  const args = ['install', name, chart, '--namespace', 'shop', '--wait', '--timeout', timeout];
  return helm(args, undefined, world.server.kubeconfig);
}
