/** Follows the cluster: keeps each change until the control loop takes it, and holds back what is not complete or checked. */

import type { ObjectChange, StoredKind } from '../../cluster/objects.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesError } from '../../kubernetes/errors.ts';
import type { PlanningChange } from '../../planning/policies.ts';
import type { Released } from '../loop.ts';
import { createHeldForChecks } from './checks.ts';
import { createFirstReads } from './first-reads.ts';
import { CLUSTER_KINDS, NAMESPACED_KINDS } from './kinds.ts';
import { type Reflection, type ReflectionParts, startReflection } from './reflection.ts';
import { followRoutes } from './routes.ts';
import { holdSources } from './sources.ts';

export interface ClusterParts extends ReflectionParts {
  readonly client: Pick<KubernetesClient, 'list' | 'watch' | 'read'>;
  /** Followed in these; undefined = in all, and with them Namespaces and Nodes. */
  readonly namespaces: readonly string[] | undefined;
  /** `release` may have something to give. */
  readonly onNews: () => void;
  readonly onProblem: (kind: StoredKind, error: KubernetesError) => void;
}

export interface Cluster {
  /**
   * Gives the changes that may be applied: none before the whole cluster is known. Goes on with checks for a turn;
   * `isAwaited` as in `HeldForChecks`.
   */
  release(isAwaited: boolean): Released;
  /** A consistent read of everything: true once `release` has, or holds back, all that had happened when this was called. */
  refresh(): Promise<boolean>;
  /** Seconds since the API server's last sign of life, by kind: of several places, the longest. */
  ages(): ReadonlyMap<StoredKind, number>;
  hasRouteApi(): boolean;
  stop(): Promise<void>;
}

export function followCluster(parts: ClusterParts): Cluster {
  const { namespaces, onNews, onProblem } = parts;
  const checks = createHeldForChecks();
  const firstReads = createFirstReads();
  let changes: PlanningChange[] = [];
  let isRead = false;
  let isStopped = false;

  const reflections = new Map<StoredKind, readonly Reflection[]>();
  const own = (): readonly Reflection[] => [...reflections.values()].flat();

  const take = (change: PlanningChange): void => {
    if (change.kind === 'AuthenticationSource') sources.take(change);
    else if (change.kind === 'ApiBinding') checks.take(change);
    else changes.push(change);
    onNews();
  };

  const sources = holdSources(parts, {
    onChange: take,
    onAccess: (namespace, readable) => take({ kind: 'SecretAccess', namespace, readable }),
    onSettled: onNews,
    onProblem,
  });
  const routes = followRoutes({ ...parts, onChange: take, onProblem, onProgress: onNews });

  const start = (kind: StoredKind, selection: { readonly namespace?: string }): Reflection => {
    const reflection = startReflection(
      kind,
      selection,
      { ...parts, mayCheck: firstReads.mayCheck },
      (change: ObjectChange) => take(change),
      (error) => onProblem(kind, error),
    );
    void reflection.synced().then(onNews);
    return reflection;
  };
  for (const kind of NAMESPACED_KINDS) {
    const places = namespaces?.map((namespace) => ({ namespace })) ?? [{}];
    reflections.set(
      kind,
      places.map((place) => start(kind, place)),
    );
  }
  if (namespaces === undefined) for (const kind of CLUSTER_KINDS) reflections.set(kind, [start(kind, {})]);

  const isHolding = (): boolean => sources.waiting + checks.waiting > 0;

  return {
    release(isAwaited) {
      if (isStopped) return { changes: [], isComplete: false, isBusy: false };
      for (const change of sources.release()) checks.take(change);
      changes = changes.concat(checks.release(isAwaited));
      const { isBusy } = checks;
      isRead ||= own().every((reflection) => reflection.hasSynced()) && routes.hasSynced() && !isHolding();
      if (!isRead) return { changes: [], isComplete: false, isBusy };
      firstReads.end();
      const released = changes;
      changes = [];
      return { changes: released, isComplete: !isHolding(), isBusy };
    },
    async refresh() {
      const [fresh] = await Promise.all([
        Promise.all(own().map((reflection) => reflection.refresh())),
        // Others may be forbidden by now: those are not waited for.
        sources.refreshed(),
        routes.refreshed(),
      ]);
      return fresh.every(Boolean);
    },
    ages() {
      const places: readonly (readonly [StoredKind, readonly Reflection[]])[] = [
        ...reflections,
        ...routes.reflections(),
      ];
      return new Map(places.map(([kind, found]) => [kind, Math.max(...found.map((place) => place.age()))]));
    },
    hasRouteApi: routes.isInstalled,
    async stop() {
      isStopped = true;
      await Promise.all([sources.stop(), routes.stop(), ...own().map((reflection) => reflection.stop())]);
    },
  };
}
