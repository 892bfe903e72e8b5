/** The operator's metrics. */

import { createRegistry, createTallies, type MetricsPage } from './prometheus.ts';

export interface OperatorMetrics extends MetricsPage {
  reconciled(kind: string, result: string, seconds: number): void;
  keysFetched(source: string, result: string): void;
  policyAnswered(status: number): void;
  tokenReviewed(result: string): void;
  /** `reason` is empty but for refusals. */
  podJudged(result: string, reason: string): void;
}

/** What is asked for at each scrape, since it is known elsewhere. */
export interface OperatorMetricSources {
  isLeader(): boolean;
  /** Seconds since the API server's last sign of life, by kind. */
  watchAges(): Iterable<readonly [kind: string, seconds: number]>;
  /** How many validators are in each state. */
  validators(): Iterable<readonly [state: string, count: number]>;
  /** Seconds since the last good fetch, by source. */
  keyAges(): Iterable<readonly [source: string, seconds: number]>;
}

const BUCKETS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

export function createOperatorMetrics(sources: OperatorMetricSources): OperatorMetrics {
  const registry = createRegistry();
  const { counter, gauge } = registry;
  const reconciles = createTallies(['kind', 'result']);
  const fetches = createTallies(['source', 'result']);
  const answers = createTallies(['status']);
  const reviews = createTallies(['result']);
  const injections = createTallies(['result', 'reason']);
  counter('portcullis_reconciles_total', 'Objects looked at.', ['kind', 'result'], reconciles.samples);
  const observe = registry.histogram(
    'portcullis_reconcile_duration_seconds',
    'Time for one object, or for one batch of changes (kind Policy).',
    ['kind'],
    BUCKETS,
  );
  counter('portcullis_key_fetches_total', 'Fetches of key sets.', ['source', 'result'], fetches.samples);
  counter('portcullis_policy_answers_total', 'Answers to validators.', ['status'], answers.samples);
  counter('portcullis_token_reviews_total', "Reviews of validators' tokens.", ['result'], reviews.samples);
  counter(
    'portcullis_injections_total',
    'Reviews of pods at admission.',
    ['result', 'reason'],
    injections.samples,
  );
  gauge('portcullis_leader', 'Whether this replica leads.', [], () => [[{}, sources.isLeader() ? 1 : 0]]);
  gauge('portcullis_watch_age_seconds', "Time since the API server's last sign of life.", ['kind'], () =>
    [...sources.watchAges()].map(([kind, seconds]) => [{ kind }, seconds]),
  );
  gauge('portcullis_validators', 'Validators that ask this replica.', ['state'], () =>
    [...sources.validators()].map(([state, count]) => [{ state }, count]),
  );
  gauge('portcullis_keys_age_seconds', 'Time since the last good fetch of the keys.', ['source'], () =>
    [...sources.keyAges()].map(([source, seconds]) => [{ source }, seconds]),
  );
  return {
    reconciled(kind, result, seconds) {
      reconciles.add(kind, result);
      observe(seconds, { kind });
    },
    keysFetched: (source, result) => fetches.add(source, result),
    policyAnswered: (status) => answers.add(String(status)),
    tokenReviewed: (result) => reviews.add(result),
    podJudged: (result, reason) => injections.add(result, reason),
    contentType: registry.contentType,
    render: registry.render,
  };
}
