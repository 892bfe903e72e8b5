/** The node of a local cluster, seen from this machine: its servers, its images, its network, and kubectl. */
import { readFile } from 'node:fs/promises';
import { get } from 'node:https';
import path from 'node:path';
import { type Result, run } from '../../tools/run.ts';
import { CA, certificateOf, keyOf, kubeconfigOf } from './credentials.ts';
import { entering, enteringNetwork, findNamespaces, runInside } from './namespaces.ts';
import { API_SERVER, CONTAINERD_SOCKET, place } from './place.ts';
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
  nameImage(name: string, another: string): Promise<void>;
  /** Returns when the API server answers; throws after so many seconds. */
  apiServerReady(seconds: number): Promise<void>;
}

export function localNode({ holder, programs, ipv6 }: ServersOptions): LocalNode {
  const servers = serversIn({ holder, programs, ipv6 });
  const kubeconfig = kubeconfigOf('admin');
  const program = path.join(programs, 'kubectl');
  const env = { KUBECONFIG: kubeconfig, KUBECACHEDIR: place('kubectl') };
  const ctr = (...args: readonly string[]): Promise<Result> =>
    runInside(entering(holder), ['ctr', '--address', CONTAINERD_SOCKET, '--namespace', 'k8s.io', ...args]);
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
      await until(
        'containerd',
        60,
        async () => ((await ctr('version')).code === 0 ? true : undefined),
        () => servers.lastWords('containerd'),
      );
      const { code, stderr } = await ctr('images', 'import', path.resolve(archive));
      if (code !== 0) throw new Error(`${archive} could not be imported: ${stderr.trim()}`);
    },
    async nameImage(name, another) {
      const { code, stderr } = await ctr('images', 'tag', name, another);
      if (code !== 0) throw new Error(`${name} could not be named ${another}: ${stderr.trim()}`);
    },
    async apiServerReady(seconds) {
      await until(
        'API server',
        seconds,
        async () => ((await isReady()) ? true : undefined),
        () => servers.lastWords('kube-apiserver'),
      );
    },
  };
}

/** Whether the API server says so. A kubectl for each look would take the processor from what starts. */
async function isReady(): Promise<boolean> {
  const files = [CA, certificateOf('admin'), keyOf('admin')];
  const [ca, cert, key] = await Promise.all(files.map((file) => readFile(file)));
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const request = get(`${API_SERVER}/readyz`, { ca, cert, key, agent: false, timeout: 5000 }, (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  });
  request.on('timeout', () => request.destroy());
  request.on('error', () => resolve(false));
  return promise;
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
