/** Connects rollouts with the policies: hands on the bindings and workloads of each published change. */

import type { Clock } from '../../base/clock.ts';
import type { InjectionSettings } from '../../injection/request.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { PlanningChange, Policies } from '../../planning/policies.ts';
import type { Log } from '../../telemetry/log.ts';
import type { OperatorMetrics } from '../../telemetry/operator-metrics.ts';
import { createReading } from '../injection/reading.ts';
import type { Published } from '../loop.ts';
import { createRollouts, type Rollouts, type RolloutsParts } from './rollouts.ts';
import type { WorkloadReference } from './wishes.ts';

export interface RolloutSettings {
  /** What new pods get. */
  readonly settings: InjectionSettings;
  /** The MutatingWebhookConfiguration by which they do. */
  readonly configuration: string;
}

export interface FollowRolloutsParts
  extends Pick<RolloutsParts, 'random' | 'events' | 'mayWrite' | 'onTexts' | 'onBug'> {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly metrics: Pick<OperatorMetrics, 'reconciled'>;
  readonly policies: Policies;
  readonly injection: RolloutSettings;
}

export interface FollowedRollouts extends Pick<Rollouts, 'texts' | 'stop'> {
  /** Looks at every binding, and from then on at those that are changed. */
  begin(): void;
  changed(published: Published): void;
}

export function followRollouts(parts: FollowRolloutsParts): FollowedRollouts {
  const { client, clock, random, log, metrics, policies, events, mayWrite, onTexts, onBug, injection } =
    parts;
  const { texts, stop, bindings, workload } = createRollouts({
    client,
    clock,
    random,
    policies,
    events,
    mayWrite,
    onTexts,
    onBug,
    reading: createReading({ client, clock, known: policies.store }),
    settings: injection.settings,
    webhookConfiguration: injection.configuration,
    onReconciled: (result, milliseconds) => metrics.reconciled('Rollout', result, milliseconds / 1000),
    onProblem: (of, problem) =>
      log.warn('Could not look at a workload to restart it', { workload: of, problem }),
  });
  return {
    texts,
    stop,
    changed(published) {
      bindings(published.bindings);
      for (const reference of workloadsIn(published.changes)) workload(reference);
    },
    begin: () => bindings(policies.store.all('ApiBinding').keys()),
  };
}

function workloadsIn(changes: readonly PlanningChange[]): readonly WorkloadReference[] {
  return changes.flatMap((change) => {
    switch (change.kind) {
      case 'Deployment':
      case 'StatefulSet':
      case 'DaemonSet':
        return change.object === undefined ? [] : [{ kind: change.kind, ...change.object.metadata }];
      default:
        return [];
    }
  });
}
