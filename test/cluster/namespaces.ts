/**
 * The namespaces of the cluster: network, processes and mounts. The kernel takes all that is in them away when
 * their first process ends, however that comes about; so nothing can be left behind.
 */
import { spawn } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { type Result, run } from '../../tools/run.ts';
import { COVERED, FOLDER, place } from './place.ts';
import { until } from './until.ts';

/** In the command line of the process that holds them. */
export const MARK = 'portcullis-cluster-namespaces';

/** What a kubelet sets for the whole machine: it writes to copies. */
const machineSettings = [
  ...['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops'],
  ...['kernel/keys/root_maxkeys', 'kernel/keys/root_maxbytes'],
];

/** Runs as the first process, and reaps what others leave to it. $1: the folder. */
const SCRIPT = [
  'set -e',
  'mount --make-rshared /', // a kubelet hands mounts on to containers
  'mount -t tmpfs run /run',
  ...Object.entries(COVERED).flatMap(([name, own]) => [
    `mkdir -p ${name} "${own}"`,
    `mount --bind "${own}" ${name}`,
  ]),
  'mkdir "$1/settings"',
  ...machineSettings.flatMap((name) => {
    const copy = `"$1/settings/${name.replaceAll('/', '-')}"`;
    return [`cat /proc/sys/${name} >${copy}`, `mount --bind ${copy} /proc/sys/${name}`];
  }),
  'ip link set lo up',
  'echo 1 >/proc/sys/net/ipv4/ip_forward',
  ': >"$1/namespaces.ready"',
  'while :; do sleep 86400 & wait; done',
].join('\n');

/**
 * Makes them, for a cluster whose folder is there. They outlive this process.
 *
 * @returns the process that holds them.
 */
export async function createNamespaces(): Promise<number> {
  const flags = ['--fork', '--kill-child', '--net', '--mount', '--pid', '--mount-proc'];
  const holder = spawn('unshare', [...flags, 'sh', '-c', SCRIPT, MARK, FOLDER], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    cwd: '/',
  });
  let said = '';
  holder.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until('namespaces', 30, async () => {
    if (holder.exitCode !== null) throw new Error(`namespaces cannot be made here: ${said.trim()}`);
    return readFile(place('namespaces.ready'), 'utf8').catch(() => undefined);
  });
  holder.stderr.destroy();
  holder.unref();
  if (holder.pid === undefined) throw new Error('unshare did not start');
  return holder.pid;
}

/** The process that holds the namespaces of this checkout's cluster, if there is one. */
export async function findNamespaces(): Promise<number | undefined> {
  return (await holders()).find(({ folder }) => folder === FOLDER)?.process;
}

/** Whether another checkout has a cluster on this machine. */
export async function hasNeighbours(): Promise<boolean> {
  return (await holders()).some(({ folder }) => folder !== FOLDER);
}

/** The processes that hold the namespaces of clusters, and the folder of each. */
async function holders(): Promise<readonly { readonly process: number; readonly folder: string }[]> {
  const found: { process: number; folder: string }[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const [program, ...args] = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).split('\0');
    const folder = args[args.indexOf(MARK) + 1];
    if (program === 'unshare' && args.includes(MARK) && folder !== undefined) {
      found.push({ process: Number(name), folder });
    }
  }
  return found;
}

/** Ends everything that runs in them; returns when it is gone. */
export async function destroyNamespaces(holder: number): Promise<void> {
  const inside = await readlink(`/proc/${holder}/ns/pid_for_children`);
  process.kill(holder, 'SIGKILL');
  await until('the end of all processes of the cluster', 60, async () => {
    const left = await Promise.all((await readdir('/proc')).map((name) => namespaceOf(name)));
    return left.includes(inside) ? undefined : true;
  });
}

/** The process namespace of a process; undefined where there is no such process. */
const namespaceOf = (process: string): Promise<string | undefined> =>
  readlink(`/proc/${process}/ns/pid`).catch(() => undefined);

/** The words before a command that let it run in all of them. */
export const entering = (holder: number): readonly string[] => [
  'nsenter',
  `--net=/proc/${holder}/ns/net`,
  `--mount=/proc/${holder}/ns/mnt`,
  `--pid=/proc/${holder}/ns/pid_for_children`,
];

/** The words before a command that let it run in the network of the node, and else on this machine. */
export const enteringNetwork = (holder: number): readonly string[] => [
  'nsenter',
  `--net=/proc/${holder}/ns/net`,
];

/** Runs a command there; a failure is a result. */
export function runInside(
  entry: readonly string[],
  command: readonly string[],
  stdin?: string,
): Promise<Result> {
  const [program = '', ...args] = [...entry, ...command];
  return run(program, args, { cwd: '/', ...(stdin !== undefined && { stdin }) });
}
