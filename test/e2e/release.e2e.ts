// The release from one version to the next, to nothing, and back again. Last of all files: it takes the others' away.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything } from '../chart/lifecycle.ts';
import { CHART, HOME, helm } from '../chart/render.ts';
import { commandsOf, sectionOf } from '../newcomer/readme.ts';
import { guard, keys, withToken } from './keyed.ts';
import { appDeployment, appService } from './objects.ts';
import { type Reader, reader, readPage } from './pages.ts';
import { podsOf } from './pods.ts';
import { installRelease, releaseValues } from './release.ts';
import { enter, OPERATOR, type World } from './world.ts';

/** As docs/uninstall.md calls it, and its app `orders`. */
const NAMESPACE = 'shop';
const TEAM = 'team';
const TEAM_HOME = 'team-portcullis';
const WAIT = { timeout: 120_000, interval: 200 };
const OPEN = '200 v1';
const NO_TOKEN = '401 token_missing';

let world: World;
let shell: Reader;

beforeAll(async () => {
  world = await enter();
  shell = await reader(world);
  await deployApp(NAMESPACE, 2);
});
afterAll(() => world?.leave());

const urlOf = (namespace: string): string => `http://orders.${namespace}.svc.cluster.local/x`;

async function deployApp(namespace: string, replicas: number): Promise<void> {
  const { k, image } = world;
  await world.namespace(namespace);
  await k.apply(keys(namespace), guard(namespace, 'orders'), appService('orders', namespace));
  await k.apply(appDeployment({ name: 'orders', namespace, image, replicas }));
  await k.wait('condition=Available', 'deployment/orders', namespace);
  await k.wait('condition=Ready', 'apibinding/orders', namespace);
}

async function restart(namespace: string): Promise<void> {
  await world.k.must(['rollout', 'restart', 'deployment/orders', '-n', namespace]);
  await world.k.must(['rollout', 'status', 'deployment/orders', '-n', namespace, '--timeout=180s']);
}

async function expectGuarded(namespace: string): Promise<void> {
  const { client } = world;
  await expect.poll(() => client.outcome({ url: urlOf(namespace) }), WAIT).toBe(NO_TOKEN);
  expect(await client.outcome(withToken(urlOf(namespace)))).toBe('200');
}

/** Objects that were not there before, but for namespaces of tests and what is in them, and what Kubernetes makes for them. */
async function left(): Promise<readonly string[]> {
  const { k, before } = world;
  const added = [...(await everything({ kubectl: k.must }))].filter((id) => !before.includes(id));
  return added
    .filter((id) => /portcullis|\/<none>\//i.test(id))
    .filter((id) => !/^(IPAddress|CertificateSigningRequest)\//.test(id))
    .filter((id) => id === `Namespace/<none>/${HOME}` || !id.startsWith('Namespace/'))
    .toSorted();
}

async function mustHelm(args: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await helm(args, stdin, world.kubeconfig);
  if (code !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}

it('helm test finds nothing wrong', async () => {
  expect(await mustHelm(['test', 'portcullis', '--namespace', HOME, '--timeout', '2m'])).toContain(
    'Succeeded',
  );
});

it('an upgrade and the rollout after it lose no request, and let nobody in', async () => {
  const { k, client } = world;
  const load = await client.load(withToken(urlOf(NAMESPACE)), { url: urlOf(NAMESPACE) });
  await load.until(0, OPEN);
  await installRelease(world.kubeconfig, releaseValues({ ...world, image: world.nextImage }));
  // The API server goes on asking a replica of before until that has gone.
  const imagesOf = async () =>
    (await k.list('pod', HOME, OPERATOR)).map((pod) => JSON.stringify(pod.spec).includes(world.nextImage));
  await expect.poll(imagesOf, WAIT).toEqual([true, true]);
  await restart(NAMESPACE);
  await load.until(0, OPEN, 20);
  const answers = (await load.stop()).map((runs) => runs.map(({ answer }) => answer));
  expect(answers).toEqual([[OPEN], [NO_TOKEN]]);
  const [pod] = await podsOf(k, NAMESPACE, 'orders');
  expect(JSON.stringify(pod?.spec)).toContain(`"image":"${world.nextImage}"`);
});

const page = readPage('uninstall.md');
const commandsBelow = (heading: string) => [...new Set(commandsOf(sectionOf(page, heading)))];
/** Of namespaced mode, for its administrator. */
const isOfTheirPart = (command: string) => command.startsWith('helm template ');

describe('docs/uninstall.md', () => {
  const carryOut = async (commands: readonly string[]) => {
    for (const command of commands) await shell.must(command);
  };

  it('the app goes on without its guard', async () => {
    const { k, client } = world;
    const [alone = '', ...whole] = commandsBelow('## 1. The apps');
    const atGateways = whole.filter((command) => command.startsWith('portcullis '));
    const [print = '', ...piped] = atGateways.join().split(' | ');
    expect([await shell.must(print), piped]).toEqual([
      expect.stringContaining('kind: SecurityPolicy'),
      ['kubectl delete -f -'],
    ]);
    for (const part of [[alone], whole.filter((command) => !atGateways.includes(command))]) {
      await carryOut(part);
      await k.must(['rollout', 'status', 'deployment/orders', '-n', NAMESPACE, '--timeout=180s']);
      await expect.poll(() => client.outcome({ url: urlOf(NAMESPACE) }), WAIT).toBe('200');
    }
  });

  it('the control plane leaves nothing but what the page names', async () => {
    const { client } = world;
    await deployApp('left', 1);
    const [uninstall = '', ...more] = commandsBelow('## 2. The control plane');
    const stopped = await shell.try(uninstall);
    expect(stopped.code).not.toBe(0);
    expect(`${stopped.output}${stopped.complaint}`).toMatch(/STOPPED: \d+ pods? .* left \(1\)/);
    expect(await client.outcome({ url: urlOf('left') })).toBe(NO_TOKEN);
    await carryOut([`${uninstall} --no-hooks`, ...more.filter((command) => !isOfTheirPart(command))]);
    expect(await left()).toEqual([
      ...['APIService/<none>/v1alpha1.portcullis.dev', `ConfigMap/${HOME}/kube-root-ca.crt`],
      'CustomResourceDefinition/<none>/apibindings.portcullis.dev',
      'CustomResourceDefinition/<none>/authenticationsources.portcullis.dev',
      ...[`Namespace/<none>/${HOME}`, `ServiceAccount/${HOME}/default`],
    ]);
    // Who forgot an app has it guarded as it was.
    expect(await client.outcome({ url: urlOf('left') })).toBe(NO_TOKEN);
    expect(await client.outcome(withToken(urlOf('left')))).toBe('200');
    expect(await client.outcome({ url: urlOf(NAMESPACE) })).toBe('200');
  });

  it('in the end nothing is left', async () => {
    expect(page).toContain(`\`kubectl delete namespace ${HOME}\``);
    await carryOut([...commandsBelow('## 3. What you have made'), `kubectl delete namespace ${HOME}`]);
    await expect.poll(left, WAIT).toEqual([]);
  });

  it('installed again, it guards as before', async () => {
    const { k } = world;
    await installRelease(world.kubeconfig, releaseValues(world));
    await world.namespace(NAMESPACE);
    await k.apply(keys(NAMESPACE), guard(NAMESPACE, 'orders'));
    await k.must([
      ...['patch', 'deployment', 'orders', '-n', NAMESPACE, '--type=json', '-p'],
      JSON.stringify([{ op: 'remove', path: '/spec/template/metadata/labels/portcullis.dev~1inject' }]),
    ]);
    await k.must(['rollout', 'status', 'deployment/orders', '-n', NAMESPACE, '--timeout=180s']);
    await expectGuarded(NAMESPACE);
    await k.wait('condition=Ready', 'apibinding/orders', NAMESPACE);
  });
});

it('namespaced mode: the owner of some namespaces installs it, with no right outside of them', async () => {
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

it("… and an administrator takes the cluster's part away by the command of docs/uninstall.md", async () => {
  await mustHelm(['uninstall', 'portcullis', '--namespace', TEAM_HOME, '--wait', '--no-hooks']);
  const [command = '', ...more] = commandsBelow('## 2. The control plane').filter(isOfTheirPart);
  await shell.must(command);
  expect([more, await left()]).toEqual([
    [],
    expect.not.arrayContaining([expect.stringMatching(/\/<none>\/team-portcullis-/)]),
  ]);
});
