/** Pages of metrics that were read one after the other, as the input series of promtool's tests. */
import type { JsonObject } from '../../src/base/json.ts';

export interface Scrape {
  /** The label `instance`, which tells who was read. */
  readonly instance: string;
  readonly page: string;
}

/** One sample of each series in each round; `_` where a series was not there. */
export function asInputSeries(rounds: readonly (readonly Scrape[])[]): JsonObject[] {
  const series = new Map<string, string[]>();
  for (const [round, scrapes] of rounds.entries()) {
    for (const { instance, page } of scrapes) {
      for (const [, name = '', labels = '', value = ''] of page.matchAll(SAMPLE)) {
        const all = [...(labels === '' ? [] : [labels]), `instance="${instance}"`];
        const key = `${name}{${all.join(',')}}`;
        const values = series.get(key) ?? [];
        while (values.length < round) values.push('_');
        series.set(key, [...values, value]);
      }
    }
  }
  return [...series].map(([name, values]) => ({ series: name, values: values.join(' ') }));
}

/** A line that is no comment. */
const SAMPLE = /^(\w+)(?:\{(.*)\})? (\S+)$/gm;
