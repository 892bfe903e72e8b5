/** The control plane as it runs: replicas and validators as processes of their own, over a real API server. */

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readLease } from '../../src/kubernetes/lease.ts';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { type Connected, connectTo } from '../apiserver/connect.ts';
import { type ApiServer, startApiServer } from '../apiserver/harness.ts';
import { Server, temporaryFolder } from '../support/server.ts';
import { type Forwarder, startForwarder } from './forwarder.ts';
import { ACCOUNT, accountWith } from './rights.ts';
import { BASIS, HOME, podNamed, SHOP } from './shop.ts';
import {
  isReady,
  lines,
  program,
  START_LIMIT,
  startValidator,
  type ValidatorProcess,
} from './validator-process.ts';

const POLICY_SERVICE = 'portcullis-policy';
const crds = fileURLToPath(new URL('../../crds', import.meta.url));
export interface Replica {
  readonly server: Server;
  readonly name: string;
  /** Where its pages are. */
  readonly admin: number;
  /** Where it serves webhooks; undefined before it does. */
  webhook(): number | undefined;
  /** Where it has served policies last, as leader. */
  policy(): number | undefined;
  /** Lines of its log that are so. */
  logged(message: string): readonly Readonly<Record<string, unknown>>[];
  ready(): Promise<void>;
}

export interface World {
  readonly api: ApiServer;
  readonly admin: Connected;
  readonly forwarder: Forwarder;
  /** Of the operator's own account. */
  readonly kubeconfig: string;
  /** kubectl that must succeed. */
  kubectl(...args: readonly string[]): Promise<string>;
  apply(...objects: readonly object[]): Promise<void>;
  /** A replica; `kubeconfig` absent = its own account's, straight to the API server. */
  replica(
    name: string,
    options?: { readonly kubeconfig?: string; readonly policy?: string },
  ): Promise<Replica>;
  /** A guarded pod that is ready, and the token of its validator. */
  pod(name: string): Promise<string>;
  validator(pod: string, token: string): Promise<ValidatorProcess>;
  /** The replica's name that holds the Lease, empty for none. */
  holder(): Promise<string>;
  status(kind: 'apibinding' | 'authsource', name: string): Promise<Status>;
  stop(): Promise<void>;
}

export interface Status {
  /** It is about the object as it is now. */
  readonly observed: boolean;
  readonly ready: string;
  readonly reason: string;
  readonly validators: string | undefined;
  readonly message: string;
}

export async function startWorld(): Promise<World> {
  const api = await startApiServer();
  const folder = await temporaryFolder('operator');
  const kubeconfig = `${api.kubeconfig}-operator`;
  const admin = connectTo(api.kubeconfig, 'test');
  const processes: Server[] = [];
  let forwarder: Forwarder | undefined;

  const stop = async () => {
    await Promise.all(processes.map((process) => process.stop()));
    await forwarder?.stop();
    await admin.close();
    await api.stop();
    await folder.remove();
  };
  const kubectl = async (args: readonly string[], stdin?: string): Promise<string> => {
    const { code, stdout, stderr } = await api.kubectl(args, stdin);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  const apply = async (...objects: readonly object[]) => {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify(list));
  };

  try {
    await kubectl(['apply', '--server-side', '-f', crds]);
    await kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', crds]);
    await apply(...BASIS, ...(await accountWith({ secretsIn: [SHOP] })));
    await writeFile(kubeconfig, await ownKubeconfig(api, kubectl), { mode: 0o600 });
    const node = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    await kubectl(['patch', 'node', 'n', '--subresource=status', '--type=merge', '-p', JSON.stringify(node)]);
    forwarder = await startForwarder(admin.client, HOME, POLICY_SERVICE);
  } catch (error) {
    await stop();
    throw error;
  }
  const { port } = forwarder;

  const start = (name: string, args: readonly string[], env: Readonly<Record<string, string>>): Server => {
    const server = new Server({ name, program: process.execPath, args, env });
    processes.push(server);
    return server;
  };

  return {
    api,
    admin,
    forwarder,
    kubeconfig,
    apply,
    stop,
    kubectl: (...args) => kubectl(args),
    async replica(name, { kubeconfig: other = kubeconfig, policy = '127.0.0.1:0' } = {}) {
      const server = start(
        name,
        [
          ...[program, 'operator', '--namespace', HOME, '--allow-insecure-http', '--fetch-deny-cidrs', ''],
          ...['--webhook', '127.0.0.1:0', '--policy', policy, '--admin', '127.0.0.1:0'],
        ],
        { KUBECONFIG: other, POD_NAME: name, POD_IP: '192.0.2.7' },
      );
      const logged = (message: string) => lines(server.logs).filter(({ msg }) => msg === message);
      const portOf = (message: string) => {
        const found = logged(message).at(-1)?.port;
        return typeof found === 'number' ? found : undefined;
      };
      const pages = await server.until('started', START_LIMIT, async () => logged('Started').at(-1)?.admin);
      const page = Number(pages);
      return {
        server,
        name,
        admin: page,
        logged,
        webhook: () => portOf('Served webhooks'),
        policy: () => portOf('Served policies'),
        ready: () => isReady(server, page),
      };
    },
    async pod(name) {
      await apply(podNamed(name));
      const ready = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
      const at = ['-n', SHOP];
      const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify(ready)];
      await kubectl(['patch', 'pod', name, ...at, ...patch]);
      const uid = await kubectl(['get', 'pod', name, ...at, '-o', 'jsonpath={.metadata.uid}']);
      const bound = ['--bound-object-kind=Pod', `--bound-object-name=${name}`, `--bound-object-uid=${uid}`];
      return kubectl(['create', 'token', 'default', ...at, '--audience=portcullis', ...bound]);
    },
    validator: (pod, token) => startValidator({ pod, token, port, admin, start, folder: folder.path }),
    async holder() {
      const lease = await admin.client.get(RESOURCES.Lease, { namespace: HOME, name: 'portcullis-operator' });
      return lease.kind === 'ok' ? (readLease(lease.value).holder.split('_')[0] ?? '') : '';
    },
    async status(kind, name) {
      const resource = RESOURCES[kind === 'authsource' ? 'AuthenticationSource' : 'ApiBinding'];
      const object = good(await admin.client.get(resource, { namespace: SHOP, name }));
      const { metadata, status } = object as unknown as StatusPage;
      const { generation } = metadata;
      const ready = status.conditions.find(({ type }) => type === 'Ready');
      return {
        ready: ready?.status ?? '',
        observed: ready?.observedGeneration === generation,
        reason: ready?.reason ?? '',
        message: ready?.message ?? '',
        validators: status.validators?.summary,
      };
    },
  };
}

async function ownKubeconfig(
  { kubeconfig, token }: ApiServer,
  kubectl: (args: readonly string[]) => Promise<string>,
): Promise<string> {
  const own = await kubectl(['create', 'token', ACCOUNT, '-n', HOME, '--duration=24h']);
  return (await readFile(kubeconfig, 'utf8')).replaceAll(token, own);
}

interface StatusPage {
  readonly metadata: { readonly generation: number };
  readonly status: StatusBody;
}

interface StatusBody {
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly observedGeneration: number;
  }[];
  readonly validators?: { readonly summary: string };
}
