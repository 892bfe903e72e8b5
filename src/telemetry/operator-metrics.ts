/** The operator's metrics, in Prometheus' text format. */

import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface OperatorMetrics {
  reconciled(kind: string, result: string, seconds: number): void;
  keysFetched(source: string, result: string): void;
  policyAnswered(status: number): void;
  tokenReviewed(result: string): void;
  readonly contentType: string;
  render(): Promise<string>;
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
  const registry = new Registry();
  const registers = [registry];
  const reconciles = new Counter({
    name: 'portcullis_reconciles_total',
    help: 'Objects looked at.',
    labelNames: ['kind', 'result'],
    registers,
  });
  const duration = new Histogram({
    name: 'portcullis_reconcile_duration_seconds',
    help: 'Time for one object, or for one batch of changes (kind Policy).',
    labelNames: ['kind'],
    buckets: BUCKETS,
    registers,
  });
  const fetches = new Counter({
    name: 'portcullis_key_fetches_total',
    help: 'Fetches of key sets.',
    labelNames: ['source', 'result'],
    registers,
  });
  const answers = new Counter({
    name: 'portcullis_policy_answers_total',
    help: 'Answers to validators.',
    labelNames: ['status'],
    registers,
  });
  const reviews = new Counter({
    name: 'portcullis_token_reviews_total',
    help: "Reviews of validators' tokens.",
    labelNames: ['result'],
    registers,
  });
  gauge(registers, 'portcullis_leader', 'Whether this replica leads.', [], () => [
    [{}, sources.isLeader() ? 1 : 0],
  ]);
  gauge(
    registers,
    'portcullis_watch_age_seconds',
    "Time since the API server's last sign of life.",
    ['kind'],
    () => [...sources.watchAges()].map(([kind, seconds]) => [{ kind }, seconds]),
  );
  gauge(registers, 'portcullis_validators', 'Validators that ask this replica.', ['state'], () =>
    [...sources.validators()].map(([state, count]) => [{ state }, count]),
  );
  gauge(
    registers,
    'portcullis_keys_age_seconds',
    'Time since the last good fetch of the keys.',
    ['source'],
    () => [...sources.keyAges()].map(([source, seconds]) => [{ source }, seconds]),
  );
  return {
    reconciled(kind, result, seconds) {
      reconciles.inc({ kind, result });
      duration.observe({ kind }, seconds);
    },
    keysFetched: (source, result) => fetches.inc({ source, result }),
    policyAnswered: (status) => answers.inc({ status: String(status) }),
    tokenReviewed: (result) => reviews.inc({ result }),
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

function gauge(
  registers: Registry[],
  name: string,
  help: string,
  labelNames: string[],
  samples: () => readonly Sample[],
): void {
  new Gauge({
    name,
    help,
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const [labels, value] of samples()) this.set(labels, value);
    },
  });
}
