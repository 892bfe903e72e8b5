/**
 * A queue of signatures of the expensive algorithms, which are verified off the main thread. Namespaces take turns, in
 * each namespace its sources, and for each source the clients: forged tokens of one client wait behind the tokens of all
 * others, and are refused only where others wait. The namespace is that of the binding: tenants that share a source do
 * not share its bounds.
 */

import type { Job } from '../sources/kind.ts';
import { type Asker, createSpending } from './spending.ts';

export interface VerificationQueue {
  /**
   * Resolves to true if the signature is good. Returns `overloaded`, or resolves to it later, where a bound is reached:
   * then the signature was not checked. `asker.source` is that of the job. Never rejects.
   */
  submit(job: Job, asker: Asker): Promise<boolean | 'overloaded'> | 'overloaded';
  /**
   * Verifies a signature for which no request waits: only where no other job runs or waits, and bad ones of that kind have
   * not used up a budget of their own, or else `overloaded`. It costs no request anything. Never rejects.
   */
  submitIdle(job: Job, asker: Asker): Promise<boolean> | 'overloaded';
}

export interface QueueLimits {
  /** Verifications at one time. */
  readonly concurrency: number;
  /** Jobs that wait, of all namespaces together. When they are as many, those with the most give way to others. */
  readonly waiting: number;
  /** The share of one core that bad signatures of one client may take while others wait. */
  readonly share: number;
  /** Milliseconds of verification that a client may have outstanding, and save up while it is quiet. */
  readonly burst: number;
}

export interface VerificationQueueParts {
  /** Must not reject. */
  readonly verify: (job: Job) => Promise<boolean>;
  /** Milliseconds on a clock that is never set back. */
  readonly monotonic: () => number;
  /** True while the main thread is overloaded: verifications take time away from it. */
  readonly isLate: () => boolean;
}

/** One core is left to the main thread; a tenth of one is 40 forged ES512 tokens a second. */
export function queueLimits(cores: number): QueueLimits {
  return { concurrency: Math.max(1, Math.min(4, cores - 1)), waiting: 256, share: 0.1, burst: 250 };
}

interface Waiting {
  readonly job: Job;
  readonly settle: (isGood: boolean | 'overloaded') => void;
}

/** The jobs of one client for one source in one namespace. */
interface Line {
  readonly asker: Asker;
  readonly jobs: Waiting[];
  running: number;
}

/** The lines of one source in one namespace, by client; here and below in the order in which their turn comes. */
interface Lane {
  readonly lines: Map<string, Line>;
  waiting: number;
}

/** Those of one namespace, by source. */
interface Group {
  readonly lanes: Map<string, Lane>;
  waiting: number;
}

interface Place {
  readonly group: Group;
  readonly lane: Lane;
  readonly line: Line;
}

/** The cost that a job is taken to have until one has been measured; in milliseconds. */
const FIRST_COST = 2;
const COST_WEIGHT = 0.1;
/** The most sources whose costs are remembered. */
const MAX_COSTS = 4096;

export function createVerificationQueue(
  limits: QueueLimits,
  parts: VerificationQueueParts,
): VerificationQueue {
  const { verify, monotonic, isLate } = parts;
  const spending = createSpending(limits, monotonic);
  const idleSpending = createSpending(limits, monotonic);
  /** By namespace. */
  const groups = new Map<string, Group>();
  /** By source: the average time of its latest verifications, in milliseconds. */
  const costs = new Map<string, number>();
  let waiting = 0;
  let running = 0;

  const costOf = (source: string): number => costs.get(source) ?? FIRST_COST;

  const measure = (source: string, took: number): void => {
    const before = costOf(source);
    if (costs.size >= MAX_COSTS) costs.clear();
    costs.set(source, before + (took - before) * COST_WEIGHT);
  };

  const placeOf = (asker: Asker): Place => {
    const group = groups.get(asker.namespace) ?? { lanes: new Map(), waiting: 0 };
    groups.set(asker.namespace, group);
    const lane = group.lanes.get(asker.source) ?? { lines: new Map(), waiting: 0 };
    group.lanes.set(asker.source, lane);
    const line = lane.lines.get(asker.client) ?? { asker, jobs: [], running: 0 };
    lane.lines.set(asker.client, line);
    return { group, lane, line };
  };

  /** Drops a line without jobs, and its lane and group when they are empty; what they have cost is kept in `spending`. */
  const tidy = ({ group, lane, line }: Place): void => {
    const { namespace, source, client } = line.asker;
    if (line.jobs.length > 0 || line.running > 0) return;
    lane.lines.delete(client);
    if (lane.lines.size === 0) group.lanes.delete(source);
    if (group.lanes.size === 0) groups.delete(namespace);
  };

  const count = ({ group, lane }: Place, by: 1 | -1): void => {
    group.waiting += by;
    lane.waiting += by;
    waiting += by;
  };

  const hasSpent = ({ asker }: Line): boolean => spending.leftToClient(asker) <= 0;

  /** Yields every line with a job that waits, in the order of their turns. */
  function* places(): Generator<Place, undefined> {
    for (const group of groups.values()) if (group.waiting > 0) yield* placesIn(group);
  }

  /** Returns the place whose turn it is. A client that has spent its budget has a turn only where no other client waits. */
  const next = (): Place | undefined => {
    let spender: Place | undefined;
    for (const place of places()) {
      if (!hasSpent(place.line)) return place;
      spender ??= place;
    }
    return spender;
  };

  const toTheEnd = <V>(map: Map<string, V>, key: string, value: V): void => {
    map.delete(key);
    map.set(key, value);
  };

  const pump = (): void => {
    while (running < limits.concurrency) {
      const place = next();
      const taken = place?.line.jobs.shift();
      if (place === undefined || taken === undefined) return;
      const { namespace, source, client } = place.line.asker;
      toTheEnd(groups, namespace, place.group);
      toTheEnd(place.group.lanes, source, place.lane);
      toTheEnd(place.lane.lines, client, place.line);
      count(place, -1);
      void run(place, taken);
    }
  };

  const run = async (place: Place, { job, settle }: Waiting): Promise<void> => {
    const { line } = place;
    running += 1;
    line.running += 1;
    const start = monotonic();
    const isGood = await verify(job);
    const took = monotonic() - start;
    running -= 1;
    line.running -= 1;
    measure(line.asker.source, took);
    // Good signatures cost nothing: the provider issues tokens at a limited rate, and verified ones are cached.
    if (!isGood) spending.charge(line.asker, took);
    settle(isGood);
    tidy(place);
    pump();
  };

  /**
   * Refuses the youngest job of a client that has spent its budget; else the youngest job of the client with most jobs, if
   * those are more than the asking client has, its new one included. Returns whether there is room now.
   */
  const makeRoom = (asking: Place): boolean => {
    const spender = [...places()].find(({ line }) => line !== asking.line && hasSpent(line));
    const place = (hasSpent(asking.line) ? undefined : spender) ?? fullest(asking);
    const youngest = place?.line.jobs.pop();
    if (place === undefined || youngest === undefined) return false;
    count(place, -1);
    tidy(place);
    youngest.settle('overloaded');
    return true;
  };

  const fullest = (asking: Place): Place | undefined => {
    const group = largest(groups.values(), waitingIn);
    const lane = group && largest(group.lanes.values(), waitingIn);
    const line = lane && largest(lane.lines.values(), ({ jobs }) => jobs.length);
    if (group === undefined || lane === undefined || line === undefined) return undefined;
    const [has, asks] =
      group !== asking.group
        ? [group.waiting, asking.group.waiting]
        : lane !== asking.lane
          ? [lane.waiting, asking.lane.waiting]
          : [line.jobs.length, asking.line.jobs.length];
    return has > asks + 1 ? { group, lane, line } : undefined;
  };

  const mayWait = ({ line }: Place): boolean => {
    const { asker, jobs } = line;
    const outstanding = (jobs.length + line.running) * costOf(asker.source);
    const isInCredit = spending.leftToClient(asker) - outstanding > 0;
    if (isLate()) return isInCredit && !spending.isSpent(asker);
    const doOthersWait = waiting > jobs.length;
    return isInCredit || (!doOthersWait && outstanding < limits.burst);
  };

  return {
    submitIdle: (job, asker) => {
      if (running > 0 || waiting > 0 || idleSpending.isSpent(asker)) return 'overloaded';
      running += 1;
      const start = monotonic();
      return verify(job).then((isGood) => {
        running -= 1;
        if (!isGood) idleSpending.charge(asker, monotonic() - start);
        pump();
        return isGood;
      });
    },
    submit: (job, asker) => {
      const place = placeOf(asker);
      if (!mayWait(place) || (waiting >= limits.waiting && !makeRoom(place))) {
        tidy(place);
        return 'overloaded';
      }
      count(place, 1);
      return new Promise((settle) => {
        place.line.jobs.push({ job, settle });
        pump();
      });
    },
  };
}

function* placesIn(group: Group): Generator<Place, undefined> {
  for (const lane of group.lanes.values()) {
    if (lane.waiting === 0) continue;
    for (const line of lane.lines.values()) if (line.jobs.length > 0) yield { group, lane, line };
  }
}

const waitingIn = ({ waiting }: { readonly waiting: number }): number => waiting;

function largest<T>(all: Iterable<T>, countOf: (one: T) => number): T | undefined {
  let found: T | undefined;
  for (const one of all) if (found === undefined || countOf(one) > countOf(found)) found = one;
  return found;
}
