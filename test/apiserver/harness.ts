/** A real kube-apiserver over a real etcd, unprivileged, on free ports of 127.0.0.1. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import path from 'node:path';
import { type Result, run } from '../../tools/run.ts';
import { freePorts, Server, temporaryFolder } from '../support/server.ts';
import { apiServerBinaries } from './binaries.ts';

export interface ApiServer {
  /** Path of a kubeconfig for a member of system:masters. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** Bearer token of that same member. */
  readonly token: string;
  /** PEM of what to trust at `url`. */
  readonly ca: string;
  /** Runs the real kubectl against it. A failure is a result, not an exception. */
  kubectl(args: readonly string[], stdin?: string): Promise<Result>;
  /** What kube-apiserver has logged so far. */
  logs(): string;
  /** Stops kube-apiserver alone; what etcd has stays. */
  halt(): Promise<void>;
  /** Starts it again, at the same address. */
  resume(): Promise<void>;
  /** Stops etcd alone, and starts it again with what it had. */
  haltStorage(): Promise<void>;
  resumeStorage(): Promise<void>;
  /** Lets etcd forget all versions but the last: who watches from an older one gets 410. Best while it is halted. */
  compact(): Promise<void>;
  stop(): Promise<void>;
}

/** Kubectl for commands that must not fail: what it prints, to the last byte. */
export const kubectlOf =
  (server: Pick<ApiServer, 'kubectl'>) =>
  async (args: readonly string[], stdin?: string): Promise<string> => {
    const { code, stdout, stderr } = await server.kubectl(args, stdin);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  };

/** Seconds for each of the two servers to come up, on a machine that may be busy. */
const startLimit = 120;

/**
 * Starts both and waits until `/readyz` says ok. The binaries are built first where they are not there yet.
 *
 * @param more flags of kube-apiserver.
 */
export async function startApiServer(more: readonly string[] = []): Promise<ApiServer> {
  const binaries = await apiServerBinaries();
  const folder = await temporaryFolder('apiserver');
  const servers: Server[] = [];
  const stop = async () => {
    for (const server of servers.toReversed()) await server.stop();
    await folder.remove();
  };
  try {
    const [clientPort = 0, peerPort = 0, port = 0] = await freePorts(3);
    const startStorage = async (): Promise<Server> => {
      const started = etcd(binaries, folder.path, clientPort, peerPort);
      servers.unshift(started);
      await started.until('healthy', startLimit, () => healthy(`http://127.0.0.1:${clientPort}/health`));
      return started;
    };
    let storage = await startStorage();

    const token = randomBytes(16).toString('hex');
    const own = await kubeApiServerArgs(folder.path, { port, storagePort: clientPort, token });
    const args = [...own, ...more];
    const url = `https://127.0.0.1:${port}`;
    const start = (): Server => {
      const program = path.join(binaries, 'kube-apiserver');
      const started = new Server({ name: 'kube-apiserver', program, args });
      servers.push(started);
      return started;
    };
    const ready = (started: Server): Promise<string> =>
      started.until('ready', startLimit, async () => {
        // Made by the server itself while it starts.
        const certificate = await readFile(path.join(folder.path, 'apiserver.crt'), 'utf8');
        return (await readyz(url, certificate, token)) ? certificate : undefined;
      });
    let server = start();
    const ca = await ready(server);

    const kubeconfig = path.join(folder.path, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigFor(url, ca, token), { mode: 0o600 });
    const env = { KUBECONFIG: kubeconfig, KUBECACHEDIR: path.join(folder.path, 'kubectl') };
    return {
      kubeconfig,
      url,
      token,
      ca,
      kubectl: (args, stdin) =>
        run(path.join(binaries, 'kubectl'), args, { env, ...(stdin !== undefined && { stdin }) }),
      logs: () => server.logs,
      halt: () => server.stop(),
      async resume() {
        server = start();
        await ready(server);
      },
      haltStorage: () => storage.stop(),
      async resumeStorage() {
        storage = await startStorage();
      },
      compact: () => compact(`http://127.0.0.1:${clientPort}`),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function etcd(binaries: string, folder: string, clientPort: number, peerPort: number): Server {
  const client = `http://127.0.0.1:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return new Server({
    name: 'etcd',
    program: path.join(binaries, 'etcd'),
    args: [
      `--data-dir=${path.join(folder, 'etcd')}`,
      ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
      ...[
        `--listen-peer-urls=${peer}`,
        `--initial-advertise-peer-urls=${peer}`,
        `--initial-cluster=default=${peer}`,
      ],
      '--unsafe-no-fsync', // nothing here has to survive a power cut
    ],
  });
}

async function kubeApiServerArgs(
  folder: string,
  { port, storagePort, token }: { port: number; storagePort: number; token: string },
): Promise<readonly string[]> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const accounts = path.join(folder, 'service-accounts.key');
  const tokens = path.join(folder, 'tokens.csv');
  await writeFile(accounts, privateKey, { mode: 0o600 });
  await writeFile(tokens, `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  return [
    `--etcd-servers=http://127.0.0.1:${storagePort}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--advertise-address=192.0.2.1', // a loopback address is refused; nobody asks for this one
    '--endpoint-reconciler-type=none',
    `--cert-dir=${folder}`,
    `--token-auth-file=${tokens}`,
    '--authorization-mode=Node,RBAC',
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${accounts}`,
    `--service-account-signing-key-file=${accounts}`,
  ];
}

async function healthy(url: string): Promise<true | undefined> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.ok ? true : undefined;
}

interface Answer {
  readonly header: { readonly revision: string };
}

async function compact(storage: string): Promise<void> {
  const post = async (what: string, body: object): Promise<Answer> => {
    const response = await fetch(`${storage}/v3/kv/${what}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`etcd refused ${what}: ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  const { header } = await post('range', { key: btoa('x') });
  await post('compaction', { revision: header.revision, physical: true });
}

function readyz(url: string, ca: string, token: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  request(
    `${url}/readyz`,
    { ca, agent: false, headers: { authorization: `Bearer ${token}` } },
    (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    },
  )
    .once('error', reject)
    .end();
  return promise;
}

function kubeconfigFor(url: string, ca: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'test',
        cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  });
}
