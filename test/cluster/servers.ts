/** The servers of the cluster: with which arguments they run, and how one is started and stopped in the namespaces. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ACCOUNTS_KEY, CA, CA_KEY, certificateOf, keyOf, kubeconfigOf } from './credentials.ts';
import { entering, runInside } from './namespaces.ts';
import { families, IPV4, NODE, place } from './place.ts';

export type ServerName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kube-proxy'
  | 'kubelet'
  | 'containerd';

const ETCD = 'http://127.0.0.1:2379';

function argsOf(name: ServerName, ipv6: boolean): readonly string[] {
  switch (name) {
    case 'etcd':
      return [
        `--data-dir=${place('etcd')}`,
        `--listen-client-urls=${ETCD}`,
        `--advertise-client-urls=${ETCD}`,
        '--unsafe-no-fsync', // nothing here has to survive a power cut
      ];
    case 'kube-apiserver':
      return apiServer(ipv6);
    case 'kube-controller-manager':
      return [
        `--kubeconfig=${kubeconfigOf('controllers')}`,
        '--bind-address=127.0.0.1',
        '--leader-elect=false',
        '--use-service-account-credentials',
        `--flex-volume-plugin-dir=${place('volume-plugins')}`,
        `--service-account-private-key-file=${ACCOUNTS_KEY}`,
        `--root-ca-file=${CA}`,
        `--cluster-signing-cert-file=${CA}`,
        `--cluster-signing-key-file=${CA_KEY}`,
      ];
    case 'kube-scheduler':
      return [
        `--kubeconfig=${kubeconfigOf('scheduler')}`,
        '--bind-address=127.0.0.1',
        '--leader-elect=false',
      ];
    case 'kube-proxy':
      return [`--config=${place('proxy.json')}`];
    case 'kubelet':
      return [
        `--config=${place('kubelet.json')}`,
        `--kubeconfig=${kubeconfigOf('node')}`,
        `--hostname-override=${NODE}`,
        `--node-ip=${families(ipv6)
          .map(({ node }) => node)
          .join()}`,
      ];
    case 'containerd':
      return ['--config', place('containerd.toml')];
  }
}

const apiServer = (ipv6: boolean): readonly string[] => [
  `--etcd-servers=${ETCD}`,
  '--bind-address=::',
  '--secure-port=6443',
  `--advertise-address=${IPV4.node}`,
  `--client-ca-file=${CA}`,
  `--tls-cert-file=${certificateOf('apiserver')}`,
  `--tls-private-key-file=${keyOf('apiserver')}`,
  `--kubelet-certificate-authority=${CA}`,
  `--kubelet-client-certificate=${certificateOf('admin')}`,
  `--kubelet-client-key=${keyOf('admin')}`,
  '--kubelet-preferred-address-types=InternalIP',
  `--service-account-key-file=${ACCOUNTS_KEY}`,
  `--service-account-signing-key-file=${ACCOUNTS_KEY}`,
  '--service-account-issuer=https://kubernetes.default.svc',
  '--service-account-jwks-uri=https://kubernetes.default.svc/openid/v1/jwks',
  `--service-cluster-ip-range=${families(ipv6)
    .map(({ services }) => services)
    .join()}`,
  '--authorization-mode=Node,RBAC',
  '--enable-admission-plugins=NodeRestriction',
  '--allow-privileged=true',
];

export interface Servers {
  /** Returns once it runs; whether it is ready is for others to find out. */
  start(name: ServerName): Promise<void>;
  /** SIGTERM, and SIGKILL where that does not help. Returns when it is gone; its children may stay. */
  stop(name: ServerName): Promise<void>;
  /** The last lines that it wrote, for messages. */
  lastWords(name: ServerName): Promise<string>;
}

export interface ServersOptions {
  /** The process that holds the namespaces. */
  readonly holder: number;
  /** The folder with Kubernetes' programs. */
  readonly programs: string;
  readonly ipv6: boolean;
}

const logOf = (name: ServerName): string => place(`${name}.log`);
const pidOf = (name: ServerName): string => place(`${name}.pid`);

/** $0: its pid file. Three seconds between the two signals: an API server waits for its watchers much longer. */
const STOP = `
[ -f "$0" ] || exit 0
read -r pid <"$0"
kill -TERM "$pid" 2>/dev/null || exit 0
for turn in $(seq 30); do kill -0 "$pid" 2>/dev/null || exit 0; sleep 0.1; done
kill -KILL "$pid"
while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done`;

export function serversIn({ holder, programs, ipv6 }: ServersOptions): Servers {
  return {
    async start(name) {
      // It gets its number in the namespace of processes from itself: nobody outside knows it.
      const inner = ['sh', '-c', 'echo $$ >"$0"; exec "$@"', pidOf(name), programOf(name, programs)];
      const [entry = '', ...args] = [...entering(holder), ...inner, ...argsOf(name, ipv6)];
      const log = openSync(logOf(name), 'a', 0o600);
      const child = spawn(entry, args, { stdio: ['ignore', log, log], detached: true, cwd: '/' });
      closeSync(log);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      child.once('spawn', resolve).once('error', reject);
      await promise;
      child.unref();
    },
    async stop(name) {
      const { code, stderr } = await runInside(entering(holder), ['sh', '-c', STOP, pidOf(name)]);
      if (code !== 0) throw new Error(`${name} could not be stopped: ${stderr.trim()}`);
    },
    async lastWords(name) {
      const log = await readFile(logOf(name), 'utf8').catch(() => '');
      return `${name} said, in ${logOf(name)}:\n${log.split('\n').slice(-15).join('\n')}`;
    },
  };
}

const programOf = (name: ServerName, programs: string): string =>
  name === 'containerd' ? name : path.join(programs, name);
