/** The tests' hand in the cluster: a program in a pod, told over `kubectl exec` what to send and to whom. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Order, type Received, type Report, reasonIn, type Sent, type Tally } from './agent/protocol.ts';
import type { Kubectl } from './kubectl.ts';

export interface Client {
  /** Rejects where no whole answer came, with the code as its message. */
  send(sent: Sent): Promise<Received>;
  /** What `send` would be told: the status with the reason, or the code of the failure. */
  outcome(sent: Sent): Promise<string>;
  /** Every answer to these requests is counted from now on. */
  load(...sent: readonly Sent[]): Promise<Load>;
  stop(): void;
}

export interface Load {
  tally(): Promise<Tally>;
  /** Resolves once this request of the load has had so many more answers of the sort. */
  until(index: number, answer: string, more?: number): Promise<void>;
  stop(): Promise<Tally>;
}

/** Milliseconds between two looks at a tally: each goes through the API server and the kubelet. */
const PAUSE = 50;

type OrderWithoutId = Order extends infer O ? (O extends Order ? Omit<O, 'id'> : never) : never;

/** In a pod that has the agent, `namespace/name`. It ends with that pod's kubelet. */
export function startClient({ program, kubeconfig }: Kubectl, pod: string): Client {
  const [namespace = '', name = ''] = pod.split('/');
  const agent = ['node', '/agent/agent.cjs', 'client'];
  return clientOf(program, [
    `--kubeconfig=${kubeconfig}`,
    'exec',
    '-i',
    '-n',
    namespace,
    name,
    '--',
    ...agent,
  ]);
}

/** Any command that runs the agent as a client. */
export function clientOf(program: string, args: readonly string[]): Client {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting = new Map<number, (report: Report) => void>();
  const said = heardFrom(child, waiting);
  let last = 0;
  const tell = (order: OrderWithoutId): Promise<Report> => {
    const id = ++last;
    const { promise, resolve } = Promise.withResolvers<Report>();
    if (child.exitCode !== null) resolve({ id, kind: 'failed', code: `the client has ended: ${said()}` });
    waiting.set(id, resolve);
    child.stdin.write(`${JSON.stringify({ ...order, id })}\n`);
    return promise;
  };
  const tallied = async (order: OrderWithoutId): Promise<Tally> => {
    const report = await tell(order);
    if (report.kind !== 'tally') throw new Error(`the client said ${JSON.stringify(report)}: ${said()}`);
    return report.tally;
  };
  const send = async (sent: Sent): Promise<Received> => {
    const report = await tell({ kind: 'send', sent });
    if (report.kind === 'received') return report.received;
    throw new Error(report.kind === 'failed' ? report.code : said());
  };
  return {
    send,
    outcome: (sent) => send(sent).then(outcomeOf, (error: unknown) => String((error as Error).message)),
    async load(...sent) {
      const loadName = `load-${++last}`;
      await tallied({ kind: 'load', name: loadName, sent });
      const tally = () => tallied({ kind: 'tally', name: loadName });
      return {
        tally,
        async until(index, answer, more = 3) {
          const wanted = counted(await tally(), index, answer) + more;
          while (counted(await tally(), index, answer) < wanted) await sleep(PAUSE);
        },
        stop: () => tallied({ kind: 'stop', name: loadName }),
      };
    },
    stop: () => child.kill(),
  };
}

/** `200`, or `401 token_missing`. */
export function outcomeOf({ status, body }: Received): string {
  const reason = reasonIn(body);
  return reason === undefined ? String(status) : `${status} ${reason}`;
}

/** How often this request of a load was answered so. */
export const counted = (tally: Tally, index: number, answer: string): number =>
  (tally[index] ?? []).reduce((sum, run) => sum + (run.answer === answer ? run.count : 0), 0);

/** Resolves the reports; returns what the program wrote to its standard error. */
function heardFrom(child: ChildProcess, waiting: Map<number, (report: Report) => void>): () => string {
  let errors = '';
  // Of a program that has ended its exit tells.
  child.stdin?.on('error', () => {});
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const report = JSON.parse(line) as Report;
      waiting.get(report.id)?.(report);
      waiting.delete(report.id);
    });
  }
  child.on('close', (code) => {
    for (const [id, resolve] of waiting) {
      resolve({ id, kind: 'failed', code: `the client has ended with ${code}: ${errors}` });
    }
    waiting.clear();
  });
  return () => errors;
}
