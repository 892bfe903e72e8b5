/** The validator's metrics, in Prometheus' text format. The only file that knows prom-client. */

import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** Counts one decision. `binding` is namespace/name; undefined = none was found. */
  decided(binding: string | undefined, outcome: string, reason: string, seconds: number): void;
  tokenCacheHit(): void;
  tokenCacheMiss(): void;
  /** `source` is namespace/name; `result` is `ok` or an issuer error's code. */
  keysFetched(source: string, result: string): void;
  readonly contentType: string;
  /** Everything, as a scrape wants it. */
  render(): Promise<string>;
}

/** What is asked for at each scrape, since it is known elsewhere. */
export interface MetricSources {
  tokenCacheEntries(): number;
  policyVersion(): string | undefined;
  /** Seconds since the last good fetch, by source. */
  keyAges(): Iterable<readonly [source: string, seconds: number]>;
}

/** Bindings that are told apart; the decisions of all further ones are counted together. */
const MAX_BINDINGS = 1000;
/** No binding is called so: its name has no parentheses. */
const OTHER_BINDINGS = '(other)';

/** From a cached token to one that waited for fresh keys; in seconds. */
const BUCKETS = [
  0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
];

interface Tally {
  readonly labels: Readonly<Record<string, string>>;
  count: number;
}

export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const decisions = new Map<string, Tally>();
  const bindings = new Set<string>();
  const fetches = new Map<string, Tally>();
  let hits = 0;
  let misses = 0;

  tallied(
    registers,
    'portcullis_decisions_total',
    'Requests judged.',
    ['binding', 'outcome', 'reason'],
    decisions,
  );
  tallied(registers, 'portcullis_key_fetches_total', 'Fetches of key sets.', ['source', 'result'], fetches);
  const duration = new Histogram({
    name: 'portcullis_decision_duration_seconds',
    help: 'Time from a request to its decision.',
    buckets: BUCKETS,
    registers,
  });
  counted(registers, 'portcullis_token_cache_hits_total', 'Tokens found verified.', () => hits);
  counted(registers, 'portcullis_token_cache_misses_total', 'Tokens not found in the cache.', () => misses);
  new Gauge({
    name: 'portcullis_token_cache_entries',
    help: 'Verified tokens in the cache.',
    registers,
    collect() {
      this.set(sources.tokenCacheEntries());
    },
  });
  new Gauge({
    name: 'portcullis_keys_age_seconds',
    help: 'Time since the last good fetch of the keys.',
    labelNames: ['source'],
    registers,
    collect() {
      this.reset();
      for (const [source, seconds] of sources.keyAges()) this.set({ source }, seconds);
    },
  });
  new Gauge({
    name: 'portcullis_policy_info',
    help: 'The version of the policy in force.',
    labelNames: ['version'],
    registers,
    collect() {
      this.reset();
      const version = sources.policyVersion();
      if (version !== undefined) this.set({ version }, 1);
    },
  });

  const nameOf = (binding: string): string => {
    if (bindings.has(binding)) return binding;
    if (bindings.size >= MAX_BINDINGS) return OTHER_BINDINGS;
    bindings.add(binding);
    return binding;
  };

  return {
    decided: (binding, outcome, reason, seconds) => {
      const name = nameOf(binding ?? '');
      const key = `${outcome} ${reason} ${name}`;
      const tally = decisions.get(key);
      if (tally === undefined) decisions.set(key, { labels: { binding: name, outcome, reason }, count: 1 });
      else tally.count += 1;
      duration.observe(seconds);
    },
    tokenCacheHit: () => {
      hits += 1;
    },
    tokenCacheMiss: () => {
      misses += 1;
    },
    keysFetched: (source, result) => {
      const key = `${result} ${source}`;
      const tally = fetches.get(key);
      if (tally === undefined) fetches.set(key, { labels: { source, result }, count: 1 });
      else tally.count += 1;
    },
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}

/** Counted in plain objects and handed over at a scrape: the library hashes labels at each increment. */
function tallied(
  registers: Registry[],
  name: string,
  help: string,
  labelNames: string[],
  tallies: ReadonlyMap<string, Tally>,
): void {
  new Counter({
    name,
    help,
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { labels, count } of tallies.values()) this.inc(labels, count);
    },
  });
}

function counted(registers: Registry[], name: string, help: string, count: () => number): void {
  new Counter({
    name,
    help,
    registers,
    collect() {
      this.reset();
      this.inc(count());
    },
  });
}
