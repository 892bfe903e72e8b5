// The release from one version to the next, to nothing, and back again. Last of all files: it takes the others' away.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everything } from '../chart/lifecycle.ts';
import { CHART, HOME, helm } from '../chart/render.ts';
import { guard, keys, withToken } from './keyed.ts';
import { appDeployment, appService } from './objects.ts';
import { podsOf } from './pods.ts';
import { installRelease, releaseValues } from './release.ts';
import { enter, OPERATOR, type World } from './world.ts';

const NAMESPACE = 'release';
const TEAM = 'team';
const TEAM_HOME = 'team-portcullis';
const WAIT = { timeout: 120_000, interval: 200 };
const OPEN = '200 v1';
const NO_TOKEN = '401 token_missing';

let world: World;

beforeAll(async () => {
  world = await enter();
  await deployApp(NAMESPACE, 2);
});
afterAll(() => world?.leave());

const urlOf = (namespace: string): string => `http://api.${namespace}.svc.cluster.local/x`;

async function deployApp(namespace: string, replicas: number): Promise<void> {
  const { k, image } = world;
  await world.namespace(namespace);
  await k.apply(keys(namespace), guard(namespace, 'api'), appService('api', namespace));
  await k.apply(appDeployment({ name: 'api', namespace, image, replicas }));
  await k.wait('condition=Available', 'deployment/api', namespace);
  await k.wait('condition=Ready', 'apibinding/api', namespace);
}

async function restart(namespace: string): Promise<void> {
  await world.k.must(['rollout', 'restart', 'deployment/api', '-n', namespace]);
  await world.k.must(['rollout', 'status', 'deployment/api', '-n', namespace, '--timeout=180s']);
}

async function expectGuarded(namespace: string): Promise<void> {
  const { client } = world;
  await expect.poll(() => client.outcome({ url: urlOf(namespace) }), WAIT).toBe(NO_TOKEN);
  expect(await client.outcome(withToken(urlOf(namespace)))).toBe('200');
}

async function mustHelm(args: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await helm(args, stdin, world.kubeconfig);
  if (code !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}

test('helm test finds nothing wrong', async () => {
  expect(await mustHelm(['test', 'portcullis', '--namespace', HOME, '--timeout', '2m'])).toContain(
    'Succeeded',
  );
});

test('an upgrade and the rollout after it lose no request, and let nobody in', async () => {
  const { k, client } = world;
  const load = await client.load(withToken(urlOf(NAMESPACE)), { url: urlOf(NAMESPACE) });
  await load.until(0, OPEN);
  await installRelease(world.kubeconfig, releaseValues({ ...world, image: world.nextImage }));
  // The API server goes on asking a replica of before until that has gone.
  const imagesOf = async () =>
    (await k.list('pods', HOME, OPERATOR)).map((pod) => JSON.stringify(pod.spec).includes(world.nextImage));
  await expect.poll(imagesOf, WAIT).toEqual([true, true]);
  await restart(NAMESPACE);
  await load.until(0, OPEN, 20);
  const answers = (await load.stop()).map((runs) => runs.map(({ answer }) => answer));
  expect(answers).toEqual([[OPEN], [NO_TOKEN]]);
  const [pod] = await podsOf(k, NAMESPACE, 'api');
  expect(JSON.stringify(pod?.spec)).toContain(`"image":"${world.nextImage}"`);
});

describe('docs/uninstall.md', () => {
  test('the app goes on without its guard', async () => {
    const { k, client } = world;
    const labels = { 'portcullis.dev/inject': 'false' };
    await k.must([
      ...['patch', 'deployment', 'api', '-n', NAMESPACE, '--type=merge', '-p'],
      JSON.stringify({ spec: { template: { metadata: { labels } } } }),
    ]);
    await k.must(['rollout', 'status', 'deployment/api', '-n', NAMESPACE, '--timeout=180s']);
    await expect.poll(() => client.outcome({ url: urlOf(NAMESPACE) }), WAIT).toBe('200');
  });

  test('the control plane leaves nothing but what others have made', async () => {
    const { k, client } = world;
    await deployApp('left', 1);
    const uninstall = ['uninstall', 'portcullis', '--namespace', HOME, '--wait'];
    const stopped = await helm(uninstall, undefined, world.kubeconfig);
    expect(stopped.code).not.toBe(0);
    expect(`${stopped.stdout}${stopped.stderr}`).toMatch(/STOPPED: \d+ pods? .* left \(1\)/);
    expect(await client.outcome({ url: urlOf('left') })).toBe(NO_TOKEN);
    await mustHelm([...uninstall, '--no-hooks']);
    const left = ['portcullis-uninstall', 'portcullis-test'];
    await k.must(['delete', 'job,pod', '-n', HOME, '--ignore-not-found', ...left]);
    await expect.poll(() => k.list('pods', HOME, 'app.kubernetes.io/name=portcullis'), WAIT).toEqual([]);
    const ours = '--selector=app.kubernetes.io/managed-by=portcullis';
    await k.must(['delete', 'configmap', '--all-namespaces', ours]);
    await k.must(['delete', 'secret,endpointslice', '-n', HOME, ours]);
    await k.must(['delete', 'lease', '-n', HOME, '--ignore-not-found', 'portcullis-operator']);
    const found = [...(await everything({ kubectl: k.must }))]
      .filter((id) => /portcullis/i.test(id))
      .toSorted();
    expect(found.filter((id) => !id.startsWith('ConfigMap/') || !id.endsWith('/kube-root-ca.crt'))).toEqual([
      'APIService/<none>/v1alpha1.portcullis.dev',
      'CustomResourceDefinition/<none>/apibindings.portcullis.dev',
      'CustomResourceDefinition/<none>/authenticationsources.portcullis.dev',
      `Namespace/<none>/${HOME}`,
      `ServiceAccount/${HOME}/default`,
    ]);
    // Who forgot an app has it guarded as it was.
    expect(await client.outcome({ url: urlOf('left') })).toBe(NO_TOKEN);
    expect(await client.outcome(withToken(urlOf('left')))).toBe('200');
    expect(await client.outcome({ url: urlOf(NAMESPACE) })).toBe('200');
  });

  test('installed again, it guards as before', async () => {
    const { k } = world;
    await installRelease(world.kubeconfig, releaseValues(world));
    await k.must([
      ...['patch', 'deployment', 'api', '-n', NAMESPACE, '--type=json', '-p'],
      JSON.stringify([{ op: 'remove', path: '/spec/template/metadata/labels/portcullis.dev~1inject' }]),
    ]);
    await k.must(['rollout', 'status', 'deployment/api', '-n', NAMESPACE, '--timeout=180s']);
    await expectGuarded(NAMESPACE);
    await k.wait('condition=Ready', 'apibinding/api', NAMESPACE);
  });
});

test('namespaced mode: the owner of some namespaces installs it, with no right outside of them', async () => {
  const { k } = world;
  await mustHelm(['uninstall', 'portcullis', '--namespace', HOME, '--wait', '--no-hooks']);
  await world.namespace(TEAM);
  await k.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: TEAM_HOME } });
  const values = JSON.stringify({ ...releaseValues(world), watchNamespaces: [TEAM] });
  const release = ['portcullis', CHART, '--namespace', TEAM_HOME, '--values', '-'];
  const clusterPart = await mustHelm(['template', ...release, '--set', 'render=ClusterScoped'], values);
  await k.must(['apply', '--server-side', '--force-conflicts', '-f', '-'], clusterPart);
  await mustHelm(['install', ...release, '--wait', '--timeout', '3m'], values);
  await deployApp(TEAM, 1);
  await expectGuarded(TEAM);
});
