/** Measures which functions a way through the product calls, by going it several times. */

import type { CalledFunction, Calls } from './calls.ts';

export interface Way {
  /** Goes it once. Calls `begin` just before the cause, and `end` as soon as the result is there. */
  go(marks: { begin(): void; end(): void }): Promise<void>;
  stop(): Promise<void>;
}

export interface Walked {
  readonly runs: number;
  readonly functions: readonly CalledFunction[];
  /** In the order of their first calls. */
  readonly files: readonly string[];
}

/** Runs before the first one that counts, so that one-time work such as filling a cache is over. */
const WARM_UPS = 2;

/** Only functions that are called in each of the runs count: an unrelated timer fires in some of them alone. */
export async function walk(way: Way, calls: Calls, runs: number): Promise<Walked> {
  const nothing = { begin: () => {}, end: () => {} };
  for (let run = 0; run < WARM_UPS; run++) await way.go(nothing);
  const taken: (readonly CalledFunction[])[] = [];
  for (let run = 0; run < runs; run++) {
    await way.go({ begin: () => void calls.take(), end: () => void taken.push(calls.take()) });
  }
  const functions = calledInAll(taken);
  const followed = await calls.follow(functions);
  let inOrder: readonly CalledFunction[] = [];
  await way.go({
    begin: followed.clear,
    end: () => {
      inOrder = followed.inOrder();
    },
  });
  // A function without a possible breakpoint is not noted: it comes last.
  return { runs, functions, files: [...new Set([...inOrder, ...functions].map(({ file }) => file))] };
}

/** Functions that each of the runs has called, in the order of the first run. */
export function calledInAll(runs: readonly (readonly CalledFunction[])[]): readonly CalledFunction[] {
  const [first = [], ...others] = runs;
  const keys = others.map((run) => new Set(run.map(keyOf)));
  return first.filter((called) => keys.every((inRun) => inRun.has(keyOf(called))));
}

const keyOf = ({ file, start }: CalledFunction): string => `${file}:${start}`;
