/** The node of a local cluster, seen from this machine: its servers, its images, its network, and kubectl. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Result, run } from '../../tools/run.ts';
import { kubeconfigOf } from './credentials.ts';
import { entering, enteringNetwork, findNamespaces, runInside } from './namespaces.ts';
import { CONTAINERD_SOCKET, place } from './place.ts';
import { type Servers, type ServersOptions, serversIn } from './servers.ts';
import { until } from './until.ts';

export interface LocalNode {
  readonly kubeconfig: string;
  /** The path of kubectl. */
  readonly program: string;
  /** The process that holds the namespaces. */
  readonly holder: number;
  readonly ipv6: boolean;
  readonly servers: Servers;
  kubectl(args: readonly string[], stdin?: string): Promise<Result>;
  /** kubectl that must succeed. */
  must(args: readonly string[], stdin?: string): Promise<string>;
  inside(command: readonly string[], stdin?: string): Promise<Result>;
  importImage(archive: string): Promise<void>;
  /** Returns when the API server answers; throws after so many seconds. */
  apiServerReady(seconds: number): Promise<void>;
}

export function localNode({ holder, programs, ipv6 }: ServersOptions): LocalNode {
  const servers = serversIn({ holder, programs, ipv6 });
  const kubeconfig = kubeconfigOf('admin');
  const program = path.join(programs, 'kubectl');
  const env = { KUBECONFIG: kubeconfig, KUBECACHEDIR: place('kubectl') };
  const kubectl = (args: readonly string[], stdin?: string): Promise<Result> =>
    run(program, args, { env, ...(stdin !== undefined && { stdin }) });
  return {
    kubeconfig,
    program,
    holder,
    ipv6,
    servers,
    kubectl,
    async must(args, stdin) {
      const { code, stdout, stderr } = await kubectl(args, stdin);
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`);
      return stdout;
    },
    inside: (command, stdin) => runInside(enteringNetwork(holder), command, stdin),
    async importImage(archive) {
      const ctr = ['ctr', '--address', CONTAINERD_SOCKET, '--namespace', 'k8s.io'];
      const inside = (args: readonly string[]) => runInside(entering(holder), [...ctr, ...args]);
      await until(
        'containerd',
        60,
        async () => ((await inside(['version'])).code === 0 ? true : undefined),
        () => servers.lastWords('containerd'),
      );
      const { code, stderr } = await inside(['images', 'import', path.resolve(archive)]);
      if (code !== 0) throw new Error(`${archive} could not be imported: ${stderr.trim()}`);
    },
    async apiServerReady(seconds) {
      await until(
        'API server',
        seconds,
        async () => ((await kubectl(['get', '--raw', '/readyz'])).code === 0 ? true : undefined),
        () => servers.lastWords('kube-apiserver'),
      );
    },
  };
}

/** That of the cluster which is up on this machine, whoever has started it. */
export async function findNode(): Promise<LocalNode | undefined> {
  const holder = await findNamespaces();
  if (holder === undefined) return undefined;
  const facts: unknown = JSON.parse(await readFile(place('facts.json'), 'utf8'));
  if (typeof facts !== 'object' || facts === null) return undefined;
  const { programs, ipv6 } = facts as Readonly<Record<string, unknown>>;
  return typeof programs === 'string' ? localNode({ holder, programs, ipv6: ipv6 === true }) : undefined;
}
