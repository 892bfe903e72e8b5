/** One measurement: a load on an Envoy, and what it cost the process that decided. */

import { setTimeout as sleep } from 'node:timers/promises';
import { applyLoad, CONNECTIONS, type Load, type LoadResult } from './load.ts';
import type { Plan } from './plan.ts';
import { cpuMicroseconds, type Memory, memory } from './process-figures.ts';
import type { Running } from './world.ts';

export interface Figures extends LoadResult {
  /** The authorizing process's own CPU time for one check, in microseconds; undefined = there is none. */
  readonly cpu: number | undefined;
  /** The asking Envoy's, for one request. */
  readonly envoyCpu: number;
  /** The most that it held while the load lasted. */
  readonly memory: Memory | undefined;
}

export interface Subject {
  readonly envoy: Running & { readonly port: number };
  /** The process whose CPU and memory count. */
  readonly authorizer?: Running | undefined;
  readonly tokens: string;
  readonly hosts?: number;
  readonly tool?: string;
}

/** Throws where a request was refused: all tokens are good, so something else was measured. */
export async function measure(subject: Subject, plan: Plan): Promise<Figures> {
  const load: Load = {
    port: subject.envoy.port,
    seconds: plan.warmUp,
    tokens: subject.tokens,
    hosts: subject.hosts ?? 1,
    tool: subject.tool,
  };
  const warmUp = plan.warmUp > 0 ? await applyLoad(load) : undefined;
  // What was in flight at the end has been asked but not counted. Tokens that are asked for again too soon would be cached.
  const start = warmUp === undefined ? 0 : warmUp.requests + 2 * CONNECTIONS;
  const { envoy, authorizer } = subject;
  const before = authorizer === undefined ? 0 : cpuMicroseconds(authorizer.pid);
  const envoyBefore = cpuMicroseconds(envoy.pid);
  const watched = authorizer === undefined ? undefined : watchMemory(authorizer.pid);
  const result = await applyLoad({ ...load, seconds: plan.seconds, start });
  if (result.refused > 0)
    throw new Error(`${result.refused} of ${result.requests} good requests were refused`);
  const cpu =
    authorizer === undefined ? undefined : (cpuMicroseconds(authorizer.pid) - before) / result.requests;
  const envoyCpu = (cpuMicroseconds(envoy.pid) - envoyBefore) / result.requests;
  return { ...result, cpu, envoyCpu, memory: await watched?.stop() };
}

/** Seconds that suffice before a measurement of what was measured before. */
const WARM = 1;

/** The same subjects in turn, so many rounds; for each the round with the median rate. */
export async function measureInTurn(subjects: readonly Subject[], plan: Plan): Promise<readonly Figures[]> {
  const rounds = await measureRounds(subjects, plan);
  return subjects.map((_, i) =>
    median(
      rounds.flatMap((figures) => figures[i] ?? []),
      ({ perSecond }) => perSecond,
    ),
  );
}

/** All rounds: in each the figures of each subject, in their order. Without a warm-up there is none in any round. */
export async function measureRounds(
  subjects: readonly Subject[],
  plan: Plan,
): Promise<readonly (readonly Figures[])[]> {
  const rounds: Figures[][] = [];
  for (let round = 0; round < plan.rounds; round++) {
    const warmUp = round === 0 ? plan.warmUp : Math.min(WARM, plan.warmUp);
    const figures: Figures[] = [];
    for (const subject of subjects) figures.push(await measure(subject, { ...plan, warmUp }));
    rounds.push(figures);
  }
  return rounds;
}

/** The one in the middle. Throws where there is none. */
export function median<T>(measured: readonly T[], figure: (one: T) => number): T {
  const sorted = measured.toSorted((a, b) => figure(a) - figure(b));
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError('nothing was measured');
  return middle;
}

function watchMemory(pid: number): { stop(): Promise<Memory> } {
  let most: Memory = memory(pid);
  let watching = true;
  const done = (async () => {
    while (watching) {
      await sleep(100);
      const now = memory(pid);
      most = {
        anonymous: Math.max(most.anonymous, now.anonymous),
        resident: Math.max(most.resident, now.resident),
      };
    }
  })();
  return {
    async stop() {
      watching = false;
      await done;
      return most;
    },
  };
}
