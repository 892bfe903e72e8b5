// The node's own kubelet and the API server come and go: what runs goes on, as it was.

import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Cluster, openCluster } from '../cluster/cluster.ts';
import { enteringNetwork, findNamespaces } from '../cluster/namespaces.ts';
import { type Client, clientOf, type Load } from './client.ts';
import { guard, keys, withToken } from './keyed.ts';
import { appDeployment, appService } from './objects.ts';
import { clusterAddressesOf, conditionOf } from './pods.ts';
import { enter, type World } from './world.ts';

const NAMESPACE = 'node';
const AGENT = fileURLToPath(new URL('agent/main.ts', import.meta.url));
const WAIT = { timeout: 60_000, interval: 200 };
const OPEN = '200 v1';
const NO_TOKEN = '401 token_missing';

// A cluster of somebody else's lets nobody restart its parts.
describe.runIf(inject('premises').local)('under a load from the node', () => {
  let world: World;
  let cluster: Cluster;
  let client: Client;
  let load: Load;
  let url: string;

  beforeAll(async () => {
    world = await enter();
    cluster = await openCluster();
    const { k, image } = world;
    await world.namespace(NAMESPACE);
    await k.apply(keys(NAMESPACE), guard(NAMESPACE, 'api'), appService('api', NAMESPACE));
    await k.apply(appDeployment({ name: 'api', namespace: NAMESPACE, image }));
    await k.wait('condition=Available', 'deployment/api', NAMESPACE);
    await k.wait('condition=Ready', 'apibinding/api', NAMESPACE);
    url = `http://${clusterAddressesOf(await k.get('service', 'api', NAMESPACE))[0]}/x`;
    // A client in a pod would end with the kubelet, which `kubectl exec` goes through.
    const [program = '', ...args] = enteringNetwork((await findNamespaces()) ?? 0);
    client = clientOf(program, [...args, process.execPath, AGENT, 'client']);
    // The node's rules follow the endpoints with a delay.
    while ((await client.outcome(withToken(url))) !== '200') {}
  });
  afterAll(() => {
    client?.stop();
    return world?.leave();
  });

  beforeEach(async () => {
    load = await client.load(withToken(url), { url });
    await load.until(0, OPEN);
  });

  /** No answer but these has come, and they go on coming. */
  afterEach(async () => {
    await load.until(0, OPEN, 20);
    await load.until(1, NO_TOKEN, 20);
    const answers = (await load.stop()).map((runs) => runs.map(({ answer }) => answer));
    expect(answers).toEqual([[OPEN], [NO_TOKEN]]);
  });

  it('the API server is away for a while', async () => {
    await cluster.stopApiServer();
    await load.until(0, OPEN, 100);
    await cluster.startApiServer();
    const guarded = async () => conditionOf(await world.k.get('apibinding', 'api', NAMESPACE), 'Guarded');
    await expect.poll(guarded, WAIT).toBe('True Guarded');
  });

  // Not as the first: a pod of less than ten seconds is unready for a kubelet that has just started.
  it('the kubelet is restarted', async () => {
    await cluster.restartKubelet();
    await expect.poll(executed, WAIT).toBe(0);
  });

  /** Whether the kubelet serves, which a command in a pod takes. */
  async function executed(): Promise<number> {
    const { code } = await world.k.try([
      'exec',
      '-n',
      NAMESPACE,
      'deploy/api',
      '-c',
      'app',
      '--',
      'node',
      '-e',
      '0',
    ]);
    return code;
  }
});
