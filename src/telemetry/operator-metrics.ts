/** The operator's metrics. */

import { type LargeGauge, renderLargeGauges } from './large-gauges.ts';
import {
  createMetricsRegistry,
  createNames,
  createTallies,
  MAX_NAMES,
  type MetricsPage,
  type Sample,
} from './prometheus.ts';

export interface OperatorMetrics extends MetricsPage {
  reconciled(kind: string, result: string, seconds: number): void;
  keysFetched(source: string, result: string): void;
  policyAnswered(status: number): void;
  tokenReviewed(result: string): void;
  /** `reason` is empty but for refusals. */
  podJudged(result: string, reason: string): void;
}

/** What the leader has said of an object. */
export interface ObjectState {
  readonly kind: 'ApiBinding' | 'AuthenticationSource';
  readonly namespace: string;
  readonly name: string;
  /** Statuses by type. */
  readonly conditions: ReadonlyMap<string, string>;
  readonly podsUnguarded: number;
  readonly podsOutdated: number;
  /** Of a binding: the reason for which Guarded is False. */
  readonly notGuarded?: string | undefined;
  /** Of a source: how its keys stand. */
  readonly keys?: string | undefined;
}

/** What is asked for at each scrape, since it is known elsewhere. */
export interface OperatorMetricSources {
  isLeader(): boolean;
  /** Seconds since the API server's last sign of life, by kind. */
  watchAges(): Iterable<readonly [kind: string, seconds: number]>;
  /** How many validators are in each state. */
  validators(): Iterable<readonly [state: string, count: number]>;
  /** By source, seconds since the last good fetch, or since the source was made. */
  keyAges(): Iterable<readonly [source: string, seconds: number]>;
  /** By source, the keys of its set that cannot be used. */
  keysLeftOut(): Iterable<readonly [source: string, count: number]>;
  objects(): Iterable<ObjectState>;
  /** Unix seconds at which the certificate of the servers ends; undefined as long as there is none. */
  certificateEnd(): number | undefined;
}

const BUCKETS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

export function createOperatorMetrics(sources: OperatorMetricSources): OperatorMetrics {
  const registry = createMetricsRegistry();
  const { counter, gauge } = registry;
  const reconciles = createTallies(['kind', 'result']);
  const fetches = createTallies(['source', 'result']);
  const sourceNames = createNames(MAX_NAMES);
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
  gauge(
    'portcullis_certificate_expiry_timestamp_seconds',
    "When the certificate of this replica's servers ends, in Unix time.",
    ['certificate'],
    () => {
      const end = sources.certificateEnd();
      return end === undefined ? [] : [[{ certificate: 'server' }, end]];
    },
  );
  const large = [
    keyAges(sources.keyAges),
    keysLeftOut(sources.keysLeftOut),
    ...objectGauges(sources.objects),
  ];
  return {
    reconciled(kind, result, seconds) {
      reconciles.add(kind, result);
      observe(seconds, { kind });
    },
    keysFetched: (source, result) => fetches.add(sourceNames(source), result),
    policyAnswered: (status) => answers.add(String(status)),
    tokenReviewed: (result) => reviews.add(result),
    podJudged: (result, reason) => injections.add(result, reason),
    contentType: registry.contentType,
    render: async () => `${await registry.render()}${await renderLargeGauges(large)}`,
  };
}

function keyAges(ages: OperatorMetricSources['keyAges']): LargeGauge {
  return {
    name: 'portcullis_keys_age_seconds',
    help: 'Time since the last good fetch of the keys.',
    *samples() {
      for (const [source, seconds] of ages()) yield [{ source }, seconds];
    },
  };
}

function keysLeftOut(counts: OperatorMetricSources['keysLeftOut']): LargeGauge {
  return {
    name: 'portcullis_keys_left_out',
    help: 'Keys of the fetched set that cannot be used; absent where there are none.',
    *samples() {
      for (const [source, count] of counts()) if (count > 0) yield [{ source }, count];
    },
  };
}

/** The most objects of each kind that have series of their own; further ones are left out. */
const MAX_OBJECTS = 10_000;

function objectGauges(objects: OperatorMetricSources['objects']): readonly LargeGauge[] {
  const samples = (kind: ObjectState['kind'], of: (state: ObjectState) => Iterable<Sample>) =>
    function* (): Iterable<Sample> {
      let seen = 0;
      for (const state of objects()) {
        if (state.kind !== kind) continue;
        seen += 1;
        if (seen > MAX_OBJECTS) return;
        yield* of(state);
      }
    };
  const conditions = (label: 'binding' | 'source') => (state: ObjectState) =>
    [...state.conditions].map(
      ([type, status]): Sample => [{ namespace: state.namespace, [label]: state.name, type, status }, 1],
    );
  const pods = (count: (state: ObjectState) => number) => (state: ObjectState) =>
    count(state) === 0
      ? []
      : [[{ namespace: state.namespace, binding: state.name }, count(state)] satisfies Sample];
  return [
    {
      name: 'portcullis_binding_condition',
      help: 'Conditions of ApiBindings; 1 for the status that each has.',
      samples: samples('ApiBinding', conditions('binding')),
    },
    {
      name: 'portcullis_source_condition',
      help: 'Conditions of AuthenticationSources; 1 for the status that each has.',
      samples: samples('AuthenticationSource', conditions('source')),
    },
    {
      name: 'portcullis_binding_pods_unguarded',
      help: 'Targeted pods that nothing guards; absent where there are none.',
      samples: samples(
        'ApiBinding',
        pods(({ podsUnguarded }) => podsUnguarded),
      ),
    },
    {
      name: 'portcullis_binding_pods_outdated',
      help: 'Targeted pods whose sidecars are not those that they would get now; absent where there are none.',
      samples: samples(
        'ApiBinding',
        pods(({ podsOutdated }) => podsOutdated),
      ),
    },
    {
      name: 'portcullis_binding_not_guarded',
      help: 'ApiBindings whose condition Guarded is False, with its reason.',
      samples: samples('ApiBinding', ({ namespace, name, notGuarded }) =>
        notGuarded === undefined ? [] : [[{ namespace, binding: name, reason: notGuarded }, 1]],
      ),
    },
    {
      name: 'portcullis_source_keys',
      help: 'How the keys of AuthenticationSources stand; 1 for the state that each has.',
      samples: samples('AuthenticationSource', ({ namespace, name, keys }) =>
        keys === undefined ? [] : [[{ namespace, source: name, state: keys }, 1]],
      ),
    },
  ];
}
