/** Two network namespaces with a cable between them: a pod, and whoever calls it. Root needs nothing else; others need user namespaces. */

import { mustRun, type Result, run } from '../../tools/run.ts';
import { Server } from '../support/server.ts';

export const POD = { ipv4: '10.99.0.1', ipv6: 'fd99::1' } as const;

export interface Pods {
  /** Runs a program to its end in the pod, or at the caller's. */
  inPod(program: string, args: readonly string[], stdin?: string): Promise<Result>;
  atCaller(program: string, args: readonly string[], stdin?: string): Promise<Result>;
  /** Starts one there, which ends with it. */
  servingInPod(name: string, program: string, args: readonly string[]): Server;
  servingAtCaller(name: string, program: string, args: readonly string[]): Server;
  stop(): Promise<void>;
}

const startLimit = 60;

/** Holds a new network namespace open; `around` are the words that lead into another first. */
async function namespace(name: string, around: readonly string[], flags: readonly string[]) {
  const [program = '', ...args] = [
    ...around,
    'unshare',
    ...flags,
    '--net',
    'sh',
    '-c',
    'echo up; exec sleep 86400',
  ];
  const holder = new Server({ name, program, args });
  await holder.until('up', startLimit, async () => (holder.logs.includes('up') ? true : undefined));
  return holder;
}

export async function setUpPods(): Promise<Pods> {
  const isRoot = process.getuid?.() === 0;
  const pod = await namespace('pod', [], isRoot ? [] : ['--user', '--map-root-user']);
  const into = ({ pid }: Server) => [
    ...['nsenter', '--target', String(pid), '--net'],
    ...(isRoot ? [] : ['--user', '--preserve-credentials']),
  ];
  const caller = await namespace('caller', into(pod), []);
  const within =
    (place: Server) =>
    (program: string, args: readonly string[], stdin = '') => {
      const [entry = '', ...rest] = into(place);
      return run(entry, [...rest, program, ...args], { stdin });
    };
  const serving = (place: Server) => (name: string, program: string, args: readonly string[]) => {
    const [entry = '', ...rest] = into(place);
    return new Server({ name, program: entry, args: [...rest, program, ...args] });
  };
  const stop = async () => {
    await caller.stop();
    await pod.stop();
  };
  const script = (place: Server, lines: readonly string[]) => {
    const [entry = '', ...rest] = into(place);
    return mustRun(entry, [...rest, 'sh', '-ec', lines.join('\n')]);
  };
  try {
    await script(pod, [
      'ip link set lo up',
      'ip link add eth0 type veth peer name far',
      `ip link set far netns ${caller.pid}`,
      `ip addr add ${POD.ipv4}/24 dev eth0`,
      `ip -6 addr add ${POD.ipv6}/64 dev eth0 nodad`,
      'ip link set eth0 up',
    ]);
    await script(caller, [
      'ip link set lo up',
      'ip addr add 10.99.0.2/24 dev far',
      'ip -6 addr add fd99::2/64 dev far nodad',
      'ip link set far up',
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    inPod: within(pod),
    atCaller: within(caller),
    servingInPod: serving(pod),
    servingAtCaller: serving(caller),
    stop,
  };
}
