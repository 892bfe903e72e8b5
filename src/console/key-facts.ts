/** What is known of the keys of sources: their age, and how fetches of them ended. */

import { samplesOf } from './metrics-text.ts';

export interface SourceKeyFact {
  /** Seconds since the last good fetch, or since the source came; undefined = its keys are not fetched. */
  readonly age: number | undefined;
  /** Keys of the set that cannot be used. */
  readonly leftOut: number;
  /** How fetches ended since the validator's start; empty where the operator fetches. */
  readonly fetches: readonly { readonly result: string; readonly count: number }[];
}

/** By the source's namespace/name. */
export type SourceKeyFacts = ReadonlyMap<string, SourceKeyFact>;

export const NO_KEY_FACT: SourceKeyFact = { age: undefined, leftOut: 0, fetches: [] };

/** From a validator's page of metrics. */
export function sourceKeyFacts(metrics: string): SourceKeyFacts {
  const facts = new Map<string, SourceKeyFact>();
  const note = (source: string | undefined, change: (fact: SourceKeyFact) => SourceKeyFact): void => {
    if (source !== undefined) facts.set(source, change(facts.get(source) ?? NO_KEY_FACT));
  };
  for (const { labels, value } of samplesOf(metrics, 'portcullis_keys_age_seconds')) {
    note(labels.source, (fact) => ({ ...fact, age: value }));
  }
  for (const { labels, value } of samplesOf(metrics, 'portcullis_keys_left_out')) {
    note(labels.source, (fact) => ({ ...fact, leftOut: value }));
  }
  for (const { labels, value } of samplesOf(metrics, 'portcullis_key_fetches_total')) {
    const result = labels.result ?? '';
    note(labels.source, (fact) => ({ ...fact, fetches: [...fact.fetches, { result, count: value }] }));
  }
  return facts;
}
