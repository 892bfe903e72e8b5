/**
 * Where signatures of the dear algorithms wait to be verified off the main thread. Bounded twice: by how many
 * wait, and by how much time bad signatures may cost, so that forged tokens starve nobody. Both by the namespace whose
 * bindings are asked: tenants that share a source do not share its bounds.
 */

import type { VerificationJob } from '../token/inspect.ts';

export interface VerificationQueue {
  /**
   * For a binding of that namespace. True if the signature is good; undefined, at once or later: over a bound, and not
   * looked at. Never rejects.
   */
  submit(job: VerificationJob, namespace: string): Promise<boolean | undefined> | undefined;
}

export interface QueueLimits {
  /** Verifications at one time. */
  readonly concurrency: number;
  /** Jobs that wait, of all namespaces together. When they are as many, the one with the most gives way to others. */
  readonly waiting: number;
  /** The share of one core that bad signatures of one source in one namespace may take; its namespace twice as much. */
  readonly share: number;
  /** Milliseconds of verification that they may have outstanding, and save up while it is quiet; twice as many. */
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
  readonly settle: (isGood: boolean | undefined) => void;
}

/** What is left to spend on bad signatures. */
interface Budget {
  /** Times the limits. */
  readonly size: number;
  /** Milliseconds. */
  balance: number;
  balancedAt: number;
}

/** The queue of one source in one namespace. */
interface Lane extends Budget {
  readonly waiting: Waiting[];
  running: number;
  /** What one verification took lately, in milliseconds. */
  cost: number;
}

/** The queues of one namespace. */
interface Group extends Budget {
  /** By the source's uid, in the order in which their turn comes. */
  readonly lanes: Map<string, Lane>;
  waiting: number;
}

const GROUP_SIZE = 2;

/** Taken for the cost of a job until one has been measured; in milliseconds. */
const FIRST_COST = 2;
const COST_WEIGHT = 0.1;

export function createVerificationQueue(limits: QueueLimits, parts: QueueParts): VerificationQueue {
  const { verify, elapsed } = parts;
  /** By namespace, in the order in which their turn comes. */
  const groups = new Map<string, Group>();
  let waiting = 0;
  let running = 0;

  const fullBudget = (size: number): Budget => ({
    size,
    balance: size * limits.burst,
    balancedAt: elapsed(),
  });

  const refill = (budget: Budget): void => {
    const now = elapsed();
    const earned = (now - budget.balancedAt) * budget.size * limits.share;
    budget.balance = Math.min(budget.size * limits.burst, budget.balance + earned);
    budget.balancedAt = now;
  };

  const isFull = (budget: Budget): boolean => {
    refill(budget);
    return budget.balance >= budget.size * limits.burst;
  };

  /** Has nothing to do, and nothing to remember either. */
  const isIdle = (lane: Lane): boolean => lane.waiting.length === 0 && lane.running === 0 && isFull(lane);

  const groupOf = (namespace: string): Group => {
    let group = groups.get(namespace);
    if (group === undefined) {
      for (const [other, old] of groups) {
        if (isFull(old) && [...old.lanes.values()].every(isIdle)) groups.delete(other);
      }
      group = { ...fullBudget(GROUP_SIZE), lanes: new Map(), waiting: 0 };
      groups.set(namespace, group);
    }
    return group;
  };

  const laneOf = ({ lanes }: Group, uid: string): Lane => {
    let lane = lanes.get(uid);
    if (lane === undefined) {
      for (const [other, idle] of lanes) if (isIdle(idle)) lanes.delete(other);
      lane = { ...fullBudget(1), waiting: [], running: 0, cost: FIRST_COST };
      lanes.set(uid, lane);
    }
    return lane;
  };

  /** Namespaces take turns, and in each its sources, so that one with many jobs does not hold up another with few. */
  const next = (): { readonly group: Group; readonly lane: Lane } | undefined => {
    for (const [namespace, group] of groups) {
      if (group.waiting === 0) continue;
      groups.delete(namespace);
      groups.set(namespace, group);
      for (const [uid, lane] of group.lanes) {
        if (lane.waiting.length === 0) continue;
        group.lanes.delete(uid);
        group.lanes.set(uid, lane);
        return { group, lane };
      }
    }
    return undefined;
  };

  const pump = (): void => {
    while (running < limits.concurrency) {
      const turn = next();
      const taken = turn?.lane.waiting.shift();
      if (turn === undefined || taken === undefined) return;
      turn.group.waiting -= 1;
      waiting -= 1;
      void run(turn.group, turn.lane, taken);
    }
  };

  const run = async (group: Group, lane: Lane, { job, settle }: Waiting): Promise<void> => {
    running += 1;
    lane.running += 1;
    const start = elapsed();
    const isGood = await verify(job);
    const took = elapsed() - start;
    running -= 1;
    lane.running -= 1;
    lane.cost += (took - lane.cost) * COST_WEIGHT;
    // Good signatures come from the provider, at the rate at which it gives out tokens, and are then cached.
    if (!isGood) {
      for (const spender of [group, lane]) {
        refill(spender);
        spender.balance -= took;
      }
    }
    settle(isGood);
    pump();
  };

  /** Refuses the youngest job of the namespace with the most, if those are more than the asking one has with its own. */
  const makeRoom = (asking: Group): boolean => {
    let most = asking;
    for (const group of groups.values()) if (group.waiting > most.waiting) most = group;
    if (most.waiting <= asking.waiting + 1) return false;
    const longest = [...most.lanes.values()].toSorted((a, b) => b.waiting.length - a.waiting.length)[0];
    const youngest = longest?.waiting.pop();
    if (youngest === undefined) return false;
    most.waiting -= 1;
    waiting -= 1;
    youngest.settle(undefined);
    return true;
  };

  return {
    submit: (job, namespace) => {
      const group = groupOf(namespace);
      const lane = laneOf(group, job.source.policy.uid);
      refill(group);
      refill(lane);
      const outstanding = (lane.waiting.length + lane.running) * lane.cost;
      if (group.balance <= 0 || lane.balance - outstanding <= 0) return undefined;
      if (waiting >= limits.waiting && !makeRoom(group)) return undefined;
      waiting += 1;
      group.waiting += 1;
      return new Promise((settle) => {
        lane.waiting.push({ job, settle });
        pump();
      });
    },
  };
}
