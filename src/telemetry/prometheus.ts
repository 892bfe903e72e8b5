/** A page of metrics in Prometheus' text format. The only file that knows prom-client. */

import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type MetricLabels = Readonly<Record<string, string>>;
export type Sample = readonly [labels: MetricLabels, value: number];

export interface MetricsPage {
  readonly contentType: string;
  /** Everything, as a scrape wants it. */
  render(): Promise<string>;
}

export interface MetricsRegistry extends MetricsPage {
  /** What only grows, counted elsewhere: the library hashes labels at each increment. Asked for at each scrape. */
  counter(name: string, help: string, labelNames: readonly string[], samples: () => Iterable<Sample>): void;
  /** What is known elsewhere, asked for at each scrape. */
  gauge(name: string, help: string, labelNames: readonly string[], samples: () => Iterable<Sample>): void;
  /** Buckets in seconds. */
  histogram(
    name: string,
    help: string,
    labelNames: readonly string[],
    buckets: readonly number[],
  ): (seconds: number, labels?: MetricLabels) => void;
}

export function createMetricsRegistry(): MetricsRegistry {
  const registry = new Registry();
  const registers = [registry];
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    counter(name, help, labelNames, samples) {
      new Counter({
        name,
        help,
        registers,
        labelNames: [...labelNames],
        collect() {
          this.reset();
          for (const [labels, value] of samples()) this.inc(labels, value);
        },
      });
    },
    gauge(name, help, labelNames, samples) {
      new Gauge({
        name,
        help,
        registers,
        labelNames: [...labelNames],
        collect() {
          this.reset();
          // Without labels, a reset leaves a 0 behind, which would be a value.
          if (labelNames.length === 0) this.remove();
          for (const [labels, value] of samples()) this.set(labels, value);
        },
      });
    },
    histogram(name, help, labelNames, buckets) {
      const histogram = new Histogram({
        name,
        help,
        registers,
        labelNames: [...labelNames],
        buckets: [...buckets],
      });
      return (seconds, labels) =>
        labels === undefined ? histogram.observe(seconds) : histogram.observe(labels, seconds);
    },
  };
}

/** Counts by label values, for `counter`. */
export interface Tallies {
  /** Values in the order of the names. */
  add(...values: readonly string[]): void;
  samples(): Iterable<Sample>;
}

export function createTallies(labelNames: readonly string[]): Tallies {
  const tallies = new Map<string, { readonly labels: MetricLabels; count: number }>();
  return {
    add(...values) {
      const key = values.join(' ');
      const tally = tallies.get(key);
      if (tally !== undefined) tally.count += 1;
      else
        tallies.set(key, {
          labels: Object.fromEntries(labelNames.map((name, i) => [name, values[i] ?? ''])),
          count: 1,
        });
    },
    *samples() {
      for (const { labels, count } of tallies.values()) yield [labels, count];
    },
  };
}

/** No object is called so: names have no parentheses. */
const OTHERS = '(other)';

/**
 * Names that have series of their own, the first so many; all further ones are counted together. Who may make objects
 * may make them under ever new names, and series of counters stay.
 */
export function createNames(most: number): (name: string) => string {
  const names = new Set<string>();
  return (name) => {
    if (names.has(name)) return name;
    if (names.size >= most) return OTHERS;
    names.add(name);
    return name;
  };
}

/** Of bindings, and of sources. */
export const MAX_NAMES = 1000;
