/** The cluster, followed: every change of it, several at once where they come together. */

import type { Kind, ObjectChange } from '../../cluster/objects.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesError } from '../../kubernetes/errors.ts';
import type { Change } from '../../planning/policies.ts';
import { createHeldForChecks } from './checks.ts';
import { createFirstReads } from './first-reads.ts';
import { CLUSTER_KINDS, NAMESPACED_KINDS } from './kinds.ts';
import { followReferenced } from './referenced.ts';
import { type Reflection, type ReflectionParts, startReflection } from './reflection.ts';
import { followRoutes } from './routes.ts';
import { createHeldSources } from './sources.ts';

export interface ClusterParts extends ReflectionParts {
  readonly client: Pick<KubernetesClient, 'list' | 'watch' | 'read'>;
  /** Followed in these; undefined = in all, and with them Namespaces and Nodes. */
  readonly namespaces: readonly string[] | undefined;
  /** Not before the whole cluster is known. */
  readonly onChanges: (changes: readonly Change[]) => void;
  readonly onProblem: (kind: Kind, error: KubernetesError) => void;
}

export interface Cluster {
  /** Everything has been read once, and told. */
  hasSynced(): boolean;
  /** True when it has; false when stopped before. */
  synced(): Promise<boolean>;
  /** A consistent read of everything: true once all that had happened when this was called has been told. */
  refresh(): Promise<boolean>;
  /** Seconds since the API server's last sign of life, by kind: of several places, the longest. */
  ages(): ReadonlyMap<Kind, number>;
  hasRouteApi(): boolean;
  stop(): Promise<void>;
}

/** Milliseconds in which changes are gathered: one `kubectl apply` makes several. */
const GATHER = 10;

export function followCluster(parts: ClusterParts): Cluster {
  const { clock, namespaces, onChanges, onProblem } = parts;
  const { promise: firstSync, resolve: syncedOnce } = Promise.withResolvers<boolean>();
  const sources = createHeldSources();
  const checks = createHeldForChecks();
  const firstReads = createFirstReads();
  let gathered: Change[] = [];
  let cancelFlush: (() => void) | undefined;
  let waiting: ((isCalm: boolean) => void)[] = [];
  let synced = false;
  let stopped = false;

  const reflections = new Map<Kind, readonly Reflection[]>();
  const own = (): readonly Reflection[] => [...reflections.values()].flat();

  const areHeld = (): boolean => sources.waiting + checks.waiting > 0;
  const isComplete = (): boolean =>
    own().every((reflection) => reflection.hasSynced()) && routes.hasSynced() && !areHeld();

  const flush = (): void => {
    cancelFlush?.();
    cancelFlush = undefined;
    if (stopped) return;
    referenced.want(sources.references());
    for (const change of sources.release(referenced.areSettled)) checks.take(change);
    const isAwaited = !synced || waiting.length > 0;
    gathered = gathered.concat(checks.release(isAwaited));
    // Where nobody waits for all, most of the time is for others.
    if (checks.isBusy) cancelFlush = clock.after(isAwaited ? 0 : GATHER, flush);
    // Of what was released just now, nobody needs any more what it named before.
    referenced.want(sources.references());
    if (!synced && !isComplete()) return;
    synced = true;
    firstReads.end();
    const changes = gathered;
    gathered = [];
    if (changes.length > 0) onChanges(changes);
    syncedOnce(true);
    if (areHeld()) return;
    for (const resolve of waiting) resolve(true);
    waiting = [];
  };
  /** True when everything is known, and nothing is held back; false when stopped before. */
  const calm = (): Promise<boolean> => {
    if (stopped || (synced && !areHeld())) return Promise.resolve(!stopped);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    waiting.push(resolve);
    return promise;
  };
  const flushSoon = (): void => {
    cancelFlush ??= clock.after(GATHER, flush);
  };

  const take = (change: Change): void => {
    if (change.kind === 'AuthenticationSource') sources.take(change);
    else if (change.kind === 'ApiBinding') checks.take(change);
    else gathered.push(change);
    flushSoon();
  };

  const referenced = followReferenced(parts, {
    onChange: take,
    onAccess: (namespace, readable) => take({ kind: 'SecretAccess', namespace, readable }),
    onSettled: flushSoon,
    onProblem: (reference, error) =>
      onProblem(reference.startsWith('Secret ') ? 'Secret' : 'ConfigMap', error),
  });
  const routes = followRoutes({ ...parts, onChange: take, onProblem, onProgress: () => flushSoon() });

  const start = (kind: Kind, selection: { readonly namespace?: string }): Reflection => {
    const reflection = startReflection(
      kind,
      selection,
      { ...parts, mayCheck: firstReads.mayCheck },
      (change: ObjectChange) => take(change),
      (error) => onProblem(kind, error),
    );
    void reflection.synced().then(flushSoon);
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

  return {
    hasSynced: () => synced,
    synced: () => firstSync,
    async refresh() {
      const [fresh] = await Promise.all([
        Promise.all(own().map((reflection) => reflection.refresh())),
        // Of others, some may not be read any more: nobody waits for those.
        referenced.refreshed(),
        routes.refreshed(),
      ]);
      if (!fresh.every(Boolean)) return false;
      flush();
      // A source that was read just now may name what has not been read yet.
      return calm();
    },
    ages() {
      const places: readonly (readonly [Kind, readonly Reflection[]])[] = [
        ...reflections,
        ...routes.reflections(),
      ];
      return new Map(places.map(([kind, found]) => [kind, Math.max(...found.map((place) => place.age()))]));
    },
    hasRouteApi: routes.isInstalled,
    async stop() {
      stopped = true;
      cancelFlush?.();
      syncedOnce(false);
      for (const resolve of waiting) resolve(false);
      await Promise.all([referenced.stop(), routes.stop(), ...own().map((reflection) => reflection.stop())]);
    },
  };
}
