/** The operator's process against a real kube-apiserver: what people do with kubectl, and what comes of it. */

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../src/base/json.ts';
import type { KubernetesClient } from '../../src/kubernetes/client.ts';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { connectTo } from '../apiserver/connect.ts';
import { type ApiServer, kubectlOf, startApiServer } from '../apiserver/harness.ts';
import { freePorts, Server } from '../support/server.ts';
import { type Board, openBoard } from './board.ts';
import { namespace, readiness } from './objects.ts';
import { ACCOUNT, accountWith, HOME, type Rights } from './rights.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface World {
  readonly server: ApiServer;
  readonly board: Board;
  /** May do all. */
  readonly admin: KubernetesClient;
  /** Starts the operator, and waits until it serves policies. */
  start(...args: readonly string[]): Promise<Operator>;
  /** Starts it, and leaves the waiting to the test. */
  launch(...args: readonly string[]): Promise<Launched>;
  /** kubectl that must succeed. */
  kubectl(...args: readonly string[]): Promise<string>;
  apply(...objects: readonly JsonObject[]): Promise<void>;
  /** `kubectl get` with columns, its spaces made one and without ages. */
  columns(...args: readonly string[]): Promise<readonly string[]>;
  /** As the kubelet and the node's controller would write it. */
  ready(kind: 'Pod' | 'Node', id: string, ready?: boolean): Promise<void>;
  /** Pods have no kubelet that would end them. */
  removePod(id: string): Promise<void>;
  stop(): Promise<void>;
}

export interface Operator {
  readonly process: Server;
  readonly policy: number;
  readonly webhook: number;
  page(path: string): Promise<string>;
  /** Each line of the log so far. */
  lines(): readonly JsonObject[];
  stop(): Promise<void>;
}

export interface Launched {
  readonly operator: Operator;
  /** Over when it serves policies; throws where that takes too long. */
  serving(): Promise<void>;
}

export interface WorldOptions extends Partial<Rights> {
  readonly namespaces: readonly JsonObject[];
  /** What the CRDs have in place of what the repository has. */
  readonly crd?: (text: string) => string;
}

/** Of the test's own providers on loopback; this network is nobody's. */
export const FETCH = ['--allow-insecure-http', '--fetch-deny-cidrs', '10.99.0.0/16'];

export async function startWorld(options: WorldOptions): Promise<World> {
  const server = await startApiServer();
  const admin = connectTo(server.kubeconfig, 'test');
  const cleanUps: (() => Promise<unknown>)[] = [() => server.stop(), () => admin.close()];
  const stop = async () => {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  };
  const run = kubectlOf(server);
  const apply = async (...objects: readonly JsonObject[]): Promise<void> => {
    await run(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  };
  try {
    for (const name of ['apibindings', 'authenticationsources']) {
      const text = await readFile(`${root}crds/${name}.yaml`, 'utf8');
      await run(['create', '-f', '-'], options.crd?.(text) ?? text);
      await established(server, name);
    }
    await apply(namespace(HOME), ...options.namespaces);
    await apply(...accountsIn(options.namespaces), ...(await accountObjects(options)));
    const kubeconfig = await operatorKubeconfig(server, await run(['create', 'token', ACCOUNT, '-n', HOME]));
    const board = await openBoard(admin.client);
    cleanUps.push(() => board.stop());
    return {
      server,
      board,
      admin: admin.client,
      apply,
      stop,
      async start(...args) {
        const { operator, serving } = await launchOperator(kubeconfig, args);
        cleanUps.push(() => operator.stop());
        await serving();
        return operator;
      },
      async launch(...args) {
        const launched = await launchOperator(kubeconfig, args);
        cleanUps.push(() => launched.operator.stop());
        return launched;
      },
      kubectl: (...args) => run(args),
      columns: async (...args) =>
        (await run(['get', ...args]))
          .trim()
          .split('\n')
          .map((line) =>
            line
              .replace(/\s+(?:\d+[smhd])+\s*$/, '')
              .replaceAll(/\s+/g, ' ')
              .trim(),
          )
          .filter((line) => line !== ''),
      async ready(kind, id, ready = true) {
        const [space = '', name = space] = id.split('/');
        const place = kind === 'Node' ? { name } : { name, namespace: space };
        const draft = { metadata: place, status: readiness(ready) };
        good(await admin.client.apply(RESOURCES[kind], draft, { subresource: 'status' }));
      },
      async removePod(id) {
        const [space = '', name = ''] = id.split('/');
        await run(['delete', 'pod', name, '-n', space, '--force', '--grace-period=0']);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Of a CRD that has no conditions yet kubectl does not wait. */
async function established({ kubectl }: ApiServer, name: string): Promise<void> {
  const args = ['wait', '--for=condition=Established', `crd/${name}.portcullis.dev`, '--timeout=60s'];
  for (;;) {
    const { code, stderr } = await kubectl(args);
    if (code === 0) return;
    if (!stderr.includes('accessor error')) throw new Error(stderr);
  }
}

/** What a controller would make, without which no pod is let in. */
function accountsIn(namespaces: readonly JsonObject[]): readonly JsonObject[] {
  return namespaces.map(({ metadata }) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: (metadata as { readonly name: string }).name },
  }));
}

const accountObjects = ({ secretsIn = [], ...rights }: WorldOptions): Promise<readonly JsonObject[]> =>
  accountWith({ secretsIn, ...rights });

async function operatorKubeconfig({ kubeconfig, token }: ApiServer, own: string): Promise<string> {
  const file = `${kubeconfig}-operator`;
  const text = (await readFile(kubeconfig, 'utf8')).replaceAll(token, own.trim());
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

async function launchOperator(kubeconfig: string, args: readonly string[]): Promise<Launched> {
  const [webhook = 0, policy = 0, admin = 0] = await freePorts(3);
  const process = new Server({
    name: 'operator',
    program: globalThis.process.execPath,
    args: [
      ...['src/cli/main.ts', 'operator', '--namespace', HOME],
      ...['--webhook', `127.0.0.1:${webhook}`, '--policy', `127.0.0.1:${policy}`],
      ...['--admin', `127.0.0.1:${admin}`, ...args],
    ],
    cwd: root,
    // An EndpointSlice takes no loopback address; nobody goes to this one.
    env: { KUBECONFIG: kubeconfig, POD_NAME: 'operator-0', POD_IP: '192.0.2.10' },
  });
  const page = async (path: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${admin}${path}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  };
  const lines = (): readonly JsonObject[] =>
    process.logs.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const isServing = () => (lines().some(({ msg }) => msg === 'Served policies') ? true : undefined);
  return {
    operator: { process, policy, webhook, page, lines, stop: () => process.stop() },
    async serving() {
      await process.until('serving policies', 60, async () => isServing());
      await process.until('ready', 60, () => page('/readyz'));
    },
  };
}
