/** `GET /keys`: of each source in force, how old its keys are, and why they cannot be fetched. */

import type { Page } from '../../process/pages.ts';
import type { KeyFacts, KeysOfSource } from '../../report/key-facts.ts';

export interface KeysParts {
  /** By source, seconds since the last good fetch, or since the source came. */
  readonly ages: () => Iterable<readonly [source: string, seconds: number]>;
  /** By source, how many keys of its set cannot be used. */
  readonly leftOut: () => Iterable<readonly [source: string, count: number]>;
  /** By source, why the last fetch failed. */
  readonly problems: () => Iterable<readonly [source: string, problem: string]>;
}

export function keysPage({ ages, leftOut, problems }: KeysParts): Page {
  const counts = new Map(leftOut());
  const failed = new Map(problems());
  const sources = [...ages()].map(
    ([source, age]): KeysOfSource => ({
      source,
      age,
      leftOut: counts.get(source) ?? 0,
      problem: failed.get(source) ?? null,
    }),
  );
  const facts: KeyFacts = { format: 1, sources };
  return { status: 200, type: 'application/json', body: `${JSON.stringify(facts, null, 2)}\n` };
}
