/** Brings a cluster up, step by step, until pods can be made. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { clusterBinaries } from '../apiserver/binaries.ts';
import { writeConfiguration } from './configuration.ts';
import { createControlGroups } from './control-groups.ts';
import { writeCredentials } from './credentials.ts';
import { DNS_POD, dnsObjects } from './dns.ts';
import { takeDown } from './down.ts';
import { archiveBusybox } from './images.ts';
import { type Leash, leash } from './leash.ts';
import { createNamespaces, findNamespaces, MARK } from './namespaces.ts';
import { layCable } from './network.ts';
import { type LocalNode, localNode } from './node.ts';
import { BUSYBOX, CLUSTER_OWNER, FOLDER, NODE, place } from './place.ts';
import { requireNodePrograms } from './requirements.ts';
import { OWNER } from './slot.ts';

/** Seconds, on a machine that may be busy. */
const startLimit = 180;

export interface Booted {
  readonly node: LocalNode;
  /** As long as it holds, the cluster ends with this process. */
  readonly leash: Leash;
}

/** Throws where one is up already; what one left behind that broke is taken away. */
export async function boot(): Promise<Booted> {
  const plugins = await requireNodePrograms();
  const other = await findNamespaces();
  if (other !== undefined) {
    throw new Error(
      `A cluster of this checkout is up already (process ${other}, ${FOLDER}): node test/cluster/main.ts down ends it.`,
    );
  }
  const programs = await clusterBinaries();
  await takeDown();
  try {
    await mkdir(FOLDER, { mode: 0o700 });
    await writeFile(place(OWNER), CLUSTER_OWNER);
    const holder = await createNamespaces();
    const held = leash(holder, MARK);
    return { node: await start(holder, programs, plugins), leash: held };
  } catch (error) {
    await takeDown();
    throw error;
  }
}

async function start(holder: number, programs: string, plugins: string): Promise<LocalNode> {
  await createControlGroups();
  const ipv6 = await layCable(holder);
  await writeCredentials();
  await writeConfiguration(plugins, ipv6);
  await writeFile(place('facts.json'), JSON.stringify({ programs, ipv6 }));
  const node = localNode({ holder, programs, ipv6 });

  for (const name of ['etcd', 'kube-apiserver', 'containerd'] as const) await node.servers.start(name);
  await importBusybox(node);
  await node.apiServerReady(startLimit);
  for (const name of ['kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'] as const) {
    await node.servers.start(name);
  }
  const list = { apiVersion: 'v1', kind: 'List', items: dnsObjects(programs) };
  await node.must(['apply', '-f', '-'], JSON.stringify(list));
  // Pods need the account of their namespace.
  for (const namespace of ['default', 'kube-system']) {
    await wait(node, ['--for=create', 'serviceaccount/default', '-n', namespace]);
  }
  await wait(node, ['--for=create', `node/${NODE}`]);
  await wait(node, ['--for=condition=Ready', `node/${NODE}`]);
  await wait(node, ['--for=condition=Ready', DNS_POD, '-n', 'kube-system']);
  return node;
}

async function importBusybox(node: LocalNode): Promise<void> {
  const folder = await mkdtemp(place('busybox-'));
  await node.importImage(await archiveBusybox(path.join(folder, 'image'), BUSYBOX));
  await rm(folder, { recursive: true });
}

async function wait(node: LocalNode, args: readonly string[]): Promise<void> {
  await node.must(['wait', `--timeout=${startLimit}s`, ...args]).catch(async (error: unknown) => {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Error(`${problem}\n${await node.servers.lastWords('kubelet')}`);
  });
}
