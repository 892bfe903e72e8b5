/** How fast a change reaches every validator: the policy server in a process of its own, the validators in this one. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Publish, Report } from './control-plane-server.ts';
import { cpuMicroseconds, type Memory, memory } from './process-figures.ts';
import { startValidators } from './validators.ts';

const PROGRAM = fileURLToPath(new URL('control-plane-server.ts', import.meta.url));

export interface Spread {
  readonly validators: number;
  /** Milliseconds from the first connection until all have a policy. */
  readonly gathering: number;
  readonly rows: readonly SpreadRow[];
  /** Of the server, once all are there. */
  readonly memory: Memory;
}

export interface SpreadRow {
  readonly name: string;
  /** Milliseconds from a change to its acknowledgement, of all changes together. */
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
  /** Of the server, for one validator and change, in microseconds. */
  readonly cpu: number;
}

interface Case {
  readonly name: string;
  readonly bindings: number;
  readonly distinct: boolean;
}

const CASES: readonly Case[] = [
  { name: 'one policy for all, of one binding', bindings: 1, distinct: false },
  { name: 'one policy for all, of 100 bindings', bindings: 100, distinct: false },
  { name: 'a policy of its own for each, of 10 bindings', bindings: 10, distinct: true },
];

/** Throws where a validator was sent away: something else was measured then. */
export async function measureSpread(count: number, changes: number): Promise<Spread> {
  const server = fork(PROGRAM, [String(count)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const pid = server.pid ?? 0;
  const next = async (): Promise<Report> => {
    const [report] = await once(server, 'message');
    return report;
  };
  try {
    const ready = await next();
    if (ready.kind !== 'ready') throw new Error('the server did not say where it is');
    const begun = performance.now();
    const validators = startValidators({ host: '127.0.0.1', ...ready });
    await validators.ready();
    const gathering = performance.now() - begun;
    const gathered = memory(pid);

    const rows: SpreadRow[] = [];
    for (const { name, bindings, distinct } of CASES) {
      const times: number[] = [];
      const before = cpuMicroseconds(pid);
      for (let change = 0; change < changes; change++) {
        const acknowledged = next();
        server.send({ name: `${name}-${change}`, bindings, distinct } satisfies Publish);
        const report = await acknowledged;
        if (report.kind === 'acknowledged') times.push(...report.times);
      }
      const cpu = (cpuMicroseconds(pid) - before) / (count * changes);
      times.sort((a, b) => a - b);
      const at = (share: number) => times[Math.ceil(times.length * share) - 1] ?? Number.NaN;
      rows.push({ name, p50: at(0.5), p99: at(0.99), slowest: at(1), cpu });
    }
    const spread = { validators: count, gathering, rows, memory: gathered };
    validators.stop();
    const bad = [...validators.answers].filter(([status]) => status !== 200 && status !== 304);
    if (bad.length > 0) throw new Error(`answers that should not be: ${JSON.stringify(bad)}`);
    return spread;
  } finally {
    if (server.connected) server.disconnect();
    await once(server, 'exit');
  }
}
