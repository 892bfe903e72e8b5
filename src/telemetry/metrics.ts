/** The validator's metrics. */

import {
  createMetricsRegistry,
  createNames,
  createTallies,
  MAX_NAMES,
  type MetricsPage,
} from './prometheus.ts';

export interface Metrics extends MetricsPage {
  /** Counts one decision. `binding` is namespace/name; undefined = none was found. */
  decided(binding: string | undefined, outcome: string, reason: string, seconds: number): void;
  /** Counts what a Trial would have decided, compared with the decision in force. */
  trialDecided(binding: string, verdict: string): void;
  /** A Trial did not judge a request, because other work went before. */
  trialSkipped(binding: string): void;
  /** A check was not judged, because its caller was gone. */
  checkDropped(): void;
  tokenCacheHit(): void;
  tokenCacheMiss(): void;
  /** `source` is namespace/name; `result` is `ok` or an issuer error's code. */
  keysFetched(source: string, result: string): void;
}

/** What is asked for at each scrape, since it is known elsewhere. */
export interface MetricSources {
  tokenCacheEntries(): number;
  policyVersion(): string | undefined;
  /** Seconds since the control plane confirmed the policy; undefined = there is none, or no control plane. */
  policyAge(): number | undefined;
  /** Seconds since the last good fetch, by source. */
  keyAges(): Iterable<readonly [source: string, seconds: number]>;
  /** By source, the keys of its set that cannot be used. */
  keysLeftOut(): Iterable<readonly [source: string, count: number]>;
}

/** From a cached token to one that waited for fresh keys; in seconds. */
const BUCKETS = [
  0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
];

export function createMetrics(sources: MetricSources): Metrics {
  const registry = createMetricsRegistry();
  const { counter, gauge } = registry;
  const decisions = createTallies(['binding', 'outcome', 'reason']);
  const fetches = createTallies(['source', 'result']);
  const trials = createTallies(['binding', 'verdict']);
  const skipped = createTallies(['binding']);
  const bindings = createNames(MAX_NAMES);
  const sourceNames = createNames(MAX_NAMES);
  let hits = 0;
  let misses = 0;
  let dropped = 0;

  counter(
    'portcullis_decisions_total',
    'Requests judged.',
    ['binding', 'outcome', 'reason'],
    decisions.samples,
  );
  counter(
    'portcullis_trial_decisions_total',
    'Requests that a Trial judged beside the binding that decided.',
    ['binding', 'verdict'],
    trials.samples,
  );
  counter(
    'portcullis_trials_skipped_total',
    'Requests that a Trial did not judge because other work went before.',
    ['binding'],
    skipped.samples,
  );
  counter('portcullis_key_fetches_total', 'Fetches of key sets.', ['source', 'result'], fetches.samples);
  const observe = registry.histogram(
    'portcullis_decision_duration_seconds',
    'Time from a request to its decision.',
    [],
    BUCKETS,
  );
  counter('portcullis_checks_dropped_total', 'Checks not judged because their caller had gone.', [], () => [
    [{}, dropped],
  ]);
  counter('portcullis_token_cache_hits_total', 'Tokens found verified.', [], () => [[{}, hits]]);
  counter('portcullis_token_cache_misses_total', 'Tokens not found in the cache.', [], () => [[{}, misses]]);
  gauge('portcullis_token_cache_entries', 'Verified tokens in the cache.', [], () => [
    [{}, sources.tokenCacheEntries()],
  ]);
  gauge('portcullis_keys_age_seconds', 'Time since the last good fetch of the keys.', ['source'], () =>
    [...sources.keyAges()].map(([source, seconds]) => [{ source }, seconds]),
  );
  gauge('portcullis_keys_left_out', 'Keys of the fetched set that cannot be used.', ['source'], () =>
    [...sources.keysLeftOut()].filter(([, count]) => count > 0).map(([source, count]) => [{ source }, count]),
  );
  gauge('portcullis_policy_info', 'The version of the policy in force.', ['version'], () => {
    const version = sources.policyVersion();
    return version === undefined ? [] : [[{ version }, 1]];
  });
  gauge('portcullis_policy_age_seconds', 'Time since the control plane confirmed the policy.', [], () => {
    const seconds = sources.policyAge();
    return seconds === undefined ? [] : [[{}, seconds]];
  });

  return {
    decided: (binding, outcome, reason, seconds) => {
      decisions.add(bindings(binding ?? ''), outcome, reason);
      observe(seconds);
    },
    trialDecided: (binding, verdict) => trials.add(bindings(binding), verdict),
    trialSkipped: (binding) => skipped.add(bindings(binding)),
    checkDropped: () => {
      dropped += 1;
    },
    tokenCacheHit: () => {
      hits += 1;
    },
    tokenCacheMiss: () => {
      misses += 1;
    },
    keysFetched: (source, result) => fetches.add(sourceNames(source), result),
    contentType: registry.contentType,
    render: registry.render,
  };
}
