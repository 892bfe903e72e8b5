// The local cluster itself: what a node can do, what happens to it, and that nothing of it is left.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mustRun } from '../../tools/run.ts';
import { temporaryFolder } from '../support/server.ts';
import { type Cluster, openCluster, startCluster } from './cluster.ts';
import { takeDown } from './down.ts';
import { existingCluster } from './existing.ts';
import { findNamespaces } from './namespaces.ts';
import { IPV4, IPV6 } from './place.ts';
import { askApiServer, caller, privileged, service, strictNamespace, web } from './pods.ts';
import { tracesOfCluster } from './traces.ts';
import { until } from './until.ts';

const PODS = ['pod/web', 'pod/caller'];

let cluster: Cluster;

async function kubectl(args: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl(args, stdin);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const apply = (...items: readonly object[]): Promise<string> =>
  kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));

const field = (object: string, jsonpath: string): Promise<string> =>
  kubectl(['get', object, '-o', `jsonpath={${jsonpath}}`]);

const fromPod = (script: string): Promise<string> => kubectl(['exec', 'caller', '--', 'sh', '-c', script]);

const fetched = (address: string): Promise<string> => fromPod(`timeout 10 wget -qO- 'http://${address}/'`);

const inUrl = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** Each address on its own, and how many there must be. */
const addresses = async (object: string, jsonpath: string): Promise<readonly string[]> => {
  const found = (await field(object, jsonpath)).split(' ');
  expect(found).toHaveLength(cluster.dualStack ? 2 : 1);
  return found.map(inUrl);
};

beforeAll(async () => {
  cluster = await startCluster();
  await apply(web, service, caller(path.dirname(cluster.kubectlProgram)));
  await kubectl(['wait', '--for=condition=Ready', ...PODS, '--timeout=120s']);
});
afterAll(() => cluster?.down());

describe('pods', () => {
  it('are reached by their addresses, sidecar and app', async () => {
    for (const address of await addresses('pod/web', '.status.podIPs[*].ip')) {
      expect(await fetched(`${address}:8080`)).toBe('hello\n');
      expect(await fetched(`${address}:8081`)).toBe('beside\n');
    }
  });

  it('are reached by the name and the addresses of their Service', async () => {
    expect(await fetched('web')).toBe('hello\n');
    expect(await fetched('web.default.svc.cluster.local')).toBe('hello\n');
    for (const address of await addresses('service/web', '.spec.clusterIPs[*]')) {
      expect(await fetched(address)).toBe('hello\n');
    }
  });

  it('are reached by the port of the node, from pods and from this machine', async () => {
    const port = await field('service/web', '.spec.ports[0].nodePort');
    for (const address of cluster.dualStack ? [IPV4.node, IPV6.node] : [IPV4.node]) {
      const at = `${inUrl(address)}:${port}`;
      expect(await fetched(at)).toBe('hello\n');
      expect(await (await fetch(`http://${at}`)).text()).toBe('hello\n');
    }
  });

  it('are reached by a program of this machine in the network of the node', async () => {
    for (const address of await addresses('pod/web', '.status.podIPs[*].ip')) {
      const { stdout } = await cluster.inside(['busybox', 'wget', '-qO-', `http://${address}:8080`]);
      expect(stdout).toBe('hello\n');
    }
  });

  it('have logs, and can be executed in', async () => {
    expect(await kubectl(['logs', 'web', '-c', 'sidecar'])).toBe('ready\n');
    expect(await fromPod('hostname')).toBe('caller\n');
    expect(await kubectl(['exec', '-i', 'caller', '--', 'cat'], 'input')).toBe('input');
  });

  it('find the issuer of their tokens, and its keys', async () => {
    const configuration: unknown = JSON.parse(
      await fromPod(askApiServer('/.well-known/openid-configuration')),
    );
    expect(configuration).toMatchObject({
      issuer: 'https://kubernetes.default.svc',
      jwks_uri: 'https://kubernetes.default.svc/openid/v1/jwks',
    });
    expect(JSON.parse(await fromPod(askApiServer('/openid/v1/jwks')))).toHaveProperty('keys.0.kty', 'RSA');
  });

  it('are refused where the namespace admits none of their kind', async () => {
    await apply(strictNamespace);
    await expect(apply(privileged)).rejects.toThrow('violates PodSecurity "restricted:latest"');
  });
});

describe('faults', () => {
  const containers = () =>
    kubectl([
      ...['get', ...PODS, '-o'],
      'jsonpath={.items[*].status.containerStatuses[*].containerID}{.items[*].status.initContainerStatuses[*].containerID}',
    ]);

  it('pods serve while there is no API server, and it comes back with all it knew', async () => {
    const address = (await addresses('service/web', '.spec.clusterIPs[*]'))[0];
    await cluster.stopApiServer();
    expect((await cluster.kubectl(['get', 'pods'])).stderr).toContain('refused');
    expect(await cluster.inside(['busybox', 'wget', '-qO-', `http://${address}`])).toEqual({
      code: 0,
      stdout: 'hello\n',
      stderr: '',
    });
    await cluster.startApiServer();
    expect(await field('pod/web', '.metadata.name')).toBe('web');
  });

  it('a second cluster is refused, and says what is in the way', async () => {
    await expect(startCluster()).rejects.toThrow(
      /A cluster of this checkout is up already .*main\.ts down ends it/,
    );
  });

  it('another process finds it', async () => {
    const found = await openCluster();
    expect(found.kubeconfig).toBe(cluster.kubeconfig);
    expect((await found.kubectl(['get', 'pod', 'web'])).code).toBe(0);
  });

  it('another checkout has a cluster beside it, and takes away its own alone', async () => {
    const other = await temporaryFolder('checkout');
    const root = fileURLToPath(new URL('../..', import.meta.url));
    for (const name of ['package.json', 'src', 'test', 'tools']) {
      await cp(path.join(root, name), path.join(other.path, name), { recursive: true });
    }
    await symlink(path.join(root, 'node_modules'), path.join(other.path, 'node_modules'));
    const main = path.join(other.path, 'test/cluster/main.ts');
    try {
      const said = await mustRun(process.execPath, [main, 'up']);
      const kubeconfig = /^export KUBECONFIG=(.+)$/m.exec(said)?.[1] ?? '';
      expect(kubeconfig).not.toBe(cluster.kubeconfig);
      const env = { KUBECONFIG: kubeconfig };
      expect(await mustRun(cluster.kubectlProgram, ['get', 'pods'], { env })).toBe('');
      expect(await fetched('web')).toBe('hello\n');
    } finally {
      await mustRun(process.execPath, [main, 'down']);
      await other.remove();
    }
    expect(await fetched('web')).toBe('hello\n');
    await apply({ ...web, metadata: { name: 'after' } });
    await kubectl(['wait', '--for=condition=Ready', 'pod/after', '--timeout=120s']);
  });

  // The last one: to a new kubelet, a pod that is younger than ten seconds is unready until its first probe.
  it('pods outlive their kubelet, and the next one cares for them', async () => {
    const before = await containers();
    await cluster.restartKubelet();
    await until('an answer of the kubelet', 60, async () =>
      (await cluster.kubectl(['exec', 'caller', '--', 'true'])).code === 0 ? true : undefined,
    );
    for (const address of await addresses('pod/web', '.status.podIPs[*].ip')) {
      expect(await fetched(`${address}:8080`)).toBe('hello\n');
    }
    await apply({ ...web, metadata: { name: 'later' } });
    await kubectl(['wait', '--for=condition=Ready', 'pod/later', ...PODS, '--timeout=120s']);
    expect(await containers()).toBe(before);
  });
});

it("somebody else's cluster is used, but not changed from outside", async () => {
  const existing = await existingCluster({ E2E_KUBECONFIG: cluster.kubeconfig });
  expect((await existing?.kubectl(['get', 'pod', 'web']))?.code).toBe(0);
  expect(existing?.dualStack).toBe(cluster.dualStack);
  await expect(existing?.importImage('image.tar')).rejects.toThrow(
    /E2E_IMAGE, E2E_NEXT_IMAGE and E2E_ENVOY_IMAGE/,
  );
  await expect(existing?.restartKubelet()).rejects.toThrow(/kubelet/);
  await expect(existingCluster({ E2E_KUBECONFIG: '/nowhere' })).rejects.toThrow(
    'E2E_KUBECONFIG is /nowhere, where there is no file',
  );
});

describe('the end', () => {
  it('nothing is left', async () => {
    expect(await tracesOfCluster()).not.toEqual([]);
    await cluster.down();
    expect(await tracesOfCluster()).toEqual([]);
    await cluster.down();
  });

  it('nothing runs on when the process that started it is killed, and nothing is left after down', async () => {
    const module = fileURLToPath(new URL('cluster.ts', import.meta.url));
    const script = `await (await import('${module}')).startCluster(); console.log('up'); setInterval(() => {}, 1e9)`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await until('the end of the cluster', 60, async () =>
      (await findNamespaces()) === undefined ? true : undefined,
    );
    await takeDown();
    expect(await tracesOfCluster()).toEqual([]);
  });
});
