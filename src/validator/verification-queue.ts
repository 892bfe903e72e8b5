/**
 * Where signatures of the dear algorithms wait to be verified off the main thread. Bounded twice: by how many
 * wait, and by how much time a source's bad signatures may cost, so that forged tokens starve nobody.
 */

import type { VerificationJob } from '../token/inspect.ts';

export interface VerificationQueue {
  /** True if the signature is good. Undefined: over a bound, and nothing was begun. Never rejects. */
  submit(job: VerificationJob): Promise<boolean> | undefined;
}

export interface QueueLimits {
  /** Verifications at one time. */
  readonly concurrency: number;
  /** Jobs that wait, of all sources together. */
  readonly waiting: number;
  /** The share of one core that a source's bad signatures may take. */
  readonly share: number;
  /** Milliseconds of verification that a source may have outstanding, and save up while it is quiet. */
  readonly burst: number;
}

export interface QueueParts {
  /** Must not reject. */
  readonly verify: (job: VerificationJob) => Promise<boolean>;
  /** Milliseconds on a clock that is never set back. */
  readonly elapsed: () => number;
}

/** One core is left to the main thread; a tenth of one is 40 forged ES512 tokens a second. */
export function queueLimits(cores: number): QueueLimits {
  return { concurrency: Math.max(1, Math.min(4, cores - 1)), waiting: 256, share: 0.1, burst: 250 };
}

interface Waiting {
  readonly job: VerificationJob;
  readonly settle: (isGood: boolean) => void;
}

/** The queue of one source, and what is left of its budget. */
interface Lane {
  readonly waiting: Waiting[];
  running: number;
  /** Milliseconds. */
  balance: number;
  balancedAt: number;
  /** What one verification took lately, in milliseconds. */
  cost: number;
}

/** Taken for the cost of a job until one has been measured; in milliseconds. */
const FIRST_COST = 2;
const COST_WEIGHT = 0.1;

export function createVerificationQueue(limits: QueueLimits, parts: QueueParts): VerificationQueue {
  const { verify, elapsed } = parts;
  /** In the order in which their turn comes. */
  const lanes = new Map<string, Lane>();
  let waiting = 0;
  let running = 0;

  const refill = (lane: Lane): void => {
    const now = elapsed();
    lane.balance = Math.min(limits.burst, lane.balance + (now - lane.balancedAt) * limits.share);
    lane.balancedAt = now;
  };

  /** Has nothing to do, and nothing to remember either. */
  const isIdle = (lane: Lane): boolean => {
    refill(lane);
    return lane.waiting.length === 0 && lane.running === 0 && lane.balance >= limits.burst;
  };

  const laneOf = (uid: string): Lane => {
    let lane = lanes.get(uid);
    if (lane === undefined) {
      for (const [other, idle] of lanes) if (isIdle(idle)) lanes.delete(other);
      lane = { waiting: [], running: 0, balance: limits.burst, balancedAt: elapsed(), cost: FIRST_COST };
      lanes.set(uid, lane);
    }
    return lane;
  };

  /** Sources take turns, so that one with many jobs does not hold up another with few. */
  const next = (): readonly [uid: string, lane: Lane] | undefined => {
    for (const [uid, lane] of lanes) {
      if (lane.waiting.length > 0) return [uid, lane];
    }
    return undefined;
  };

  const pump = (): void => {
    while (running < limits.concurrency) {
      const turn = next();
      if (turn === undefined) return;
      const [uid, lane] = turn;
      const taken = lane.waiting.shift();
      if (taken === undefined) return;
      lanes.delete(uid);
      lanes.set(uid, lane);
      waiting -= 1;
      void run(lane, taken);
    }
  };

  const run = async (lane: Lane, { job, settle }: Waiting): Promise<void> => {
    running += 1;
    lane.running += 1;
    const start = elapsed();
    const isGood = await verify(job);
    const took = elapsed() - start;
    running -= 1;
    lane.running -= 1;
    refill(lane);
    lane.cost += (took - lane.cost) * COST_WEIGHT;
    // Good signatures come from the provider, at the rate at which it gives out tokens, and are then cached.
    if (!isGood) lane.balance -= took;
    settle(isGood);
    pump();
  };

  return {
    submit: (job) => {
      const lane = laneOf(job.source.policy.uid);
      refill(lane);
      const outstanding = (lane.waiting.length + lane.running) * lane.cost;
      if (waiting >= limits.waiting || lane.balance - outstanding <= 0) return undefined;
      waiting += 1;
      return new Promise((settle) => {
        lane.waiting.push({ job, settle });
        pump();
      });
    },
  };
}
