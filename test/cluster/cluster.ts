/** A real Kubernetes of one node on this machine, without Docker; or the cluster that E2E_KUBECONFIG names. */
import { boot } from './boot.ts';
import { takeDown } from './down.ts';
import { existingCluster } from './existing.ts';
import type { Cluster } from './handle.ts';
import { findNode, type LocalNode } from './node.ts';

export type { Cluster };

export interface StartOptions {
  /** Whether the cluster ends with this process, however that ends; else it stays until somebody takes it down. */
  readonly lifetime?: 'process' | 'detached';
}

/** Seconds for the API server to come back. */
const startLimit = 120;

export async function startCluster({ lifetime = 'process' }: StartOptions = {}): Promise<Cluster> {
  const existing = await existingCluster(process.env);
  if (existing !== undefined) return existing;
  const { node, leash } = await boot();
  if (lifetime === 'detached') leash.cut();
  return clusterOf(node);
}

/** The cluster that another process has started. */
export async function openCluster(): Promise<Cluster> {
  const existing = await existingCluster(process.env);
  if (existing !== undefined) return existing;
  const node = await findNode();
  if (node !== undefined) return clusterOf(node);
  throw new Error('No cluster is up: node test/cluster/main.ts up starts one.');
}

const clusterOf = (node: LocalNode): Cluster => ({
  kind: 'local',
  kubeconfig: node.kubeconfig,
  kubectlProgram: node.program,
  dualStack: node.ipv6,
  kubectl: node.kubectl,
  importImage: node.importImage,
  nameImage: node.nameImage,
  inside: node.inside,
  async restartKubelet() {
    await node.servers.stop('kubelet');
    await node.servers.start('kubelet');
  },
  stopApiServer: () => node.servers.stop('kube-apiserver'),
  async startApiServer() {
    await node.servers.start('kube-apiserver');
    await node.apiServerReady(startLimit);
  },
  down: takeDown,
});
