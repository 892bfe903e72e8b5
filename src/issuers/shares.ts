/**
 * Fetches take turns: so many at one time, in all and of one namespace, and of each namespace no more work than its
 * share. What a provider sends is work, and so are handshakes, and the keys that are imported.
 */

import type { Clock } from '../base/clock.ts';
import type { Get, GetOutcome, GetRequest } from './http.ts';

export interface ShareDeps {
  readonly clock: Pick<Clock, 'now' | 'after'>;
}

/** What one namespace fetches with. */
export interface Share {
  /** Waits for its turn; `timeout` counts from there. */
  readonly get: Get;
  /** Says how many members of a key set were imported. */
  imported(members: number): void;
}

/** At one time: each holds up to 1 MiB. */
export const IN_ALL = 32;
export const PER_NAMESPACE = 8;

/** Work, in bytes: what an exchange costs beside its bytes, and what importing a key costs. */
export const EXCHANGE = 32 * 1024;
export const KEY = 8 * 1024;

interface Allowance {
  /** In a second, and saved up while there is less to do. */
  readonly rate: number;
  readonly burst: number;
}

const MIB = 1024 * 1024;
/** A MiB takes the thread some 30 ms. */
const ALLOWANCES = {
  namespace: { rate: MIB, burst: 16 * MIB },
  all: { rate: 4 * MIB, burst: 64 * MIB },
} as const satisfies Readonly<Record<string, Allowance>>;

/** Milliseconds after which a fetch that waits for its namespace's allowance is looked at again, at least. */
const SHORTEST_WAIT = 10;

interface Budget {
  readonly allowance: Allowance;
  balance: number;
  at: number;
}

interface Lane {
  readonly waiting: (() => void)[];
  running: number;
  readonly budget: Budget;
}

/** By namespace. */
export function shareFetches(get: Get, { clock }: ShareDeps): (namespace: string) => Share {
  /** In the order in which their turn comes. */
  const lanes = new Map<string, Lane>();
  const whole = budgetOf(ALLOWANCES.all, clock.now());
  let running = 0;
  let cancelWait: (() => void) | undefined;

  const laneOf = (namespace: string): Lane => {
    const known = lanes.get(namespace);
    if (known !== undefined) return known;
    for (const [id, lane] of lanes) if (isIdle(lane, clock.now())) lanes.delete(id);
    const lane: Lane = { waiting: [], running: 0, budget: budgetOf(ALLOWANCES.namespace, clock.now()) };
    lanes.set(namespace, lane);
    return lane;
  };

  const spend = (namespace: string, bytes: number): void => {
    laneOf(namespace).budget.balance -= bytes;
    whole.balance -= bytes;
  };

  /** Starts what may be started, one of each namespace in turn. */
  const pump = (): void => {
    cancelWait?.();
    cancelWait = undefined;
    let wait = Number.POSITIVE_INFINITY;
    for (const [namespace, lane] of lanes) {
      if (running >= IN_ALL) return;
      if (lane.waiting.length === 0 || lane.running >= PER_NAMESPACE) continue;
      const delay = Math.max(untilPositive(lane.budget, clock.now()), untilPositive(whole, clock.now()));
      wait = Math.min(wait, delay === 0 ? wait : delay);
      if (delay > 0) continue;
      const start = lane.waiting.shift();
      lanes.delete(namespace);
      // Behind all others, which this loop comes to before it comes back here.
      lanes.set(namespace, lane);
      running += 1;
      lane.running += 1;
      start?.();
    }
    if (wait < Number.POSITIVE_INFINITY) cancelWait = clock.after(Math.max(wait, SHORTEST_WAIT), pump);
  };

  const run = async (namespace: string, lane: Lane, request: GetRequest): Promise<GetOutcome> => {
    let bytes = request.signal.aborted ? 0 : EXCHANGE;
    try {
      return await get({
        ...request,
        onBytes: (count) => {
          bytes += count;
        },
      });
    } finally {
      running -= 1;
      lane.running -= 1;
      spend(namespace, bytes);
      pump();
    }
  };

  return (namespace) => ({
    get(request) {
      const lane = laneOf(namespace);
      return new Promise<GetOutcome>((resolve, reject) => {
        lane.waiting.push(() => void run(namespace, lane, request).then(resolve, reject));
        pump();
      });
    },
    imported: (members) => spend(namespace, members * KEY),
  });
}

function budgetOf(allowance: Allowance, now: number): Budget {
  return { allowance, balance: allowance.burst, at: now };
}

/** Milliseconds until something may be spent again; 0 = now. */
function untilPositive(budget: Budget, now: number): number {
  const { rate, burst } = budget.allowance;
  // A clock that is set back gives nothing, and takes nothing.
  budget.balance = Math.min(burst, budget.balance + (Math.max(0, now - budget.at) / 1000) * rate);
  budget.at = now;
  return budget.balance > 0 ? 0 : Math.ceil(((1 - budget.balance) / rate) * 1000);
}

function isIdle({ waiting, running, budget }: Lane, now: number): boolean {
  untilPositive(budget, now);
  return waiting.length === 0 && running === 0 && budget.balance >= budget.allowance.burst;
}
