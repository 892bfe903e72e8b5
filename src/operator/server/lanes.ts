/** Bounds work that runs at the same time: callers wait in lanes, lanes take turns, and no group has more than its share. */

export interface TurnLimits {
  /** At one time, of all. */
  readonly concurrency: number;
  /** At one time, of one group. */
  readonly perGroup: number;
  /** That wait, of all, and in one lane. */
  readonly waiting: number;
  readonly perLane: number;
}

export interface Turns {
  /** Waits for a turn. Resolves to the function that ends the turn. Undefined: too many wait already. */
  take(lane: string, group: string): Promise<() => void> | undefined;
}

interface Lane {
  readonly group: string;
  readonly waiting: ((end: () => void) => void)[];
}

export function createTurns({ concurrency, perGroup, waiting, perLane }: TurnLimits): Turns {
  /** Lanes with waiting callers, in the order of their turns. */
  const lanes = new Map<string, Lane>();
  const running = new Map<string, number>();
  let runningInAll = 0;
  let waitingInAll = 0;

  const runningOf = (group: string): number => running.get(group) ?? 0;

  const begin = (group: string): (() => void) => {
    runningInAll += 1;
    running.set(group, runningOf(group) + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      runningInAll -= 1;
      const left = runningOf(group) - 1;
      if (left > 0) running.set(group, left);
      else running.delete(group);
      pump();
    };
  };

  const pump = (): void => {
    for (const [id, lane] of lanes) {
      if (runningInAll >= concurrency) return;
      if (runningOf(lane.group) >= perGroup) continue;
      const resolve = lane.waiting.shift();
      lanes.delete(id);
      // Behind all others, which this loop comes to before it comes back here.
      if (lane.waiting.length > 0) lanes.set(id, lane);
      if (resolve === undefined) continue;
      waitingInAll -= 1;
      resolve(begin(lane.group));
    }
  };

  return {
    take(id, group) {
      const lane = lanes.get(id) ?? { group, waiting: [] };
      const isFree = lanes.size === 0 && runningInAll < concurrency && runningOf(group) < perGroup;
      if (isFree) return Promise.resolve(begin(group));
      if (waitingInAll >= waiting || lane.waiting.length >= perLane) return undefined;
      waitingInAll += 1;
      lanes.set(id, lane);
      return new Promise((resolve) => {
        lane.waiting.push(resolve);
        pump();
      });
    },
  };
}
