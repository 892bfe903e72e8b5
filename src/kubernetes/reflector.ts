/** Keeps a cache of one kind as the API server has it: list, watch, and again, whatever breaks. */

import { backoffDelay } from '../base/backoff.ts';
import { type Clock, sleep } from '../base/clock.ts';
import { type CacheOptions, createCache } from './cache.ts';
import type { KubernetesClient } from './client.ts';
import type { KubernetesError } from './errors.ts';
import { listAll } from './list-all.ts';
import { createListWaiters } from './list-waiters.ts';
import type { Cached } from './object.ts';
import type { ListSelection } from './query.ts';
import { readWatch } from './read-watch.ts';
import { REFLECTOR_LIMITS, type ReflectorLimits } from './reflector-limits.ts';
import type { Resource } from './resource.ts';
import { isAtLeast } from './versions.ts';

export interface ReflectorOptions<T extends Cached> extends CacheOptions<T> {
  readonly client: Pick<KubernetesClient, 'list' | 'watch'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly resource: Resource;
  /** Absent = all objects in all namespaces. */
  readonly selection?: ListSelection;
  /** What went wrong; it is tried again whatever it was. */
  readonly onProblem?: (error: KubernetesError) => void;
  readonly limits?: Partial<ReflectorLimits>;
}

export interface Reflector<T> {
  /** By `namespace/name`, or the name alone of an object without a namespace. */
  readonly store: ReadonlyMap<string, T>;
  /** True once the store has held everything. */
  hasSynced(): boolean;
  /** True when it has; false when it is stopped before. */
  synced(): Promise<boolean>;
  /** Seconds since the last sign of life of the API server. */
  age(): number;
  /** The store has everything up to here; undefined before it has synced. */
  resourceVersion(): string | undefined;
  /**
   * A consistent read: lists anew, and is true once the store has everything that had happened when this was called;
   * false when it is stopped before.
   */
  refresh(): Promise<boolean>;
  /** Calls no listener from now on. Resolves when no timer and no connection is left. */
  stop(): Promise<void>;
}

/** Starts at once. What `trim` and `onChange` throw is a bug, and ends the process as one. */
export function startReflector<T extends Cached>(options: ReflectorOptions<T>): Reflector<T> {
  const { client, clock, random, resource, selection = {}, onChange, onProblem } = options;
  const limits = { ...REFLECTOR_LIMITS, ...options.limits };
  const stopped = new AbortController();
  const waiters = createListWaiters();
  const cache = createCache<T>({
    trim: options.trim,
    onChange: (change) => {
      if (!stopped.signal.aborted) onChange(change);
    },
  });
  const { promise: firstSync, resolve: syncedOnce } = Promise.withResolvers<boolean>();

  let synced = false;
  let version: string | undefined;
  let mustList = true;
  let bookmarksSeen = false;
  /** The history may be another one than that of the store, as after a restore of etcd from a backup. */
  let suspicious = false;
  let failures = 0;
  let lastLife = clock.monotonic();
  /** Ends the watch. */
  let current = new AbortController();
  /** Ends the list. */
  let listing = new AbortController();
  /** Ends a pause. */
  let awaken = new AbortController();

  const reach = (resourceVersion: string): void => {
    version = resourceVersion;
    lastLife = clock.monotonic();
  };

  const list = async (): Promise<KubernetesError | undefined> => {
    const done = waiters.begin();
    listing = new AbortController();
    const { signal } = listing;
    const answer = await listAll(
      (page) => client.list(resource, { ...selection, ...page }, { signal }),
      limits.pageSize,
      (object) => cache.keep(object, suspicious),
    );
    // The caller that ended it wants another list, or none.
    if (signal.aborted) return undefined;
    if (answer.kind === 'failed') return answer.error;
    const { items, resourceVersion } = answer.value;
    if (
      version !== undefined &&
      resourceVersion !== version &&
      isAtLeast(version, resourceVersion) &&
      !suspicious
    ) {
      // The history went back. So resourceVersions no longer show what has changed: list again, and compare by content.
      mustList = true;
      suspicious = true;
      return undefined;
    }
    mustList = false;
    cache.replaceAll(items, suspicious);
    synced = true;
    reach(resourceVersion);
    suspicious = false;
    syncedOnce(true);
    done();
    return undefined;
  };

  /** From the server's answer on, until now, when nothing has come; undefined otherwise. */
  let silentSince: number | undefined;

  const watch = (resourceVersion: string): Promise<KubernetesError | undefined> => {
    current = new AbortController();
    silentSince = undefined;
    const timeoutSeconds = Math.ceil(limits.watchSeconds * (1 + random() / 5));
    return readWatch(
      {
        client,
        clock,
        resource,
        query: { ...selection, resourceVersion, timeoutSeconds },
        patience: () => (bookmarksSeen ? limits.silenceSeconds : timeoutSeconds + limits.graceSeconds),
        onOpen() {
          lastLife = clock.monotonic();
          silentSince = lastLife;
        },
        onEvent(event) {
          silentSince = undefined;
          if (event.kind === 'bookmark') {
            bookmarksSeen = true;
            reach(event.resourceVersion);
          } else {
            cache.apply(event);
            reach(event.object.metadata.resourceVersion);
          }
        },
      },
      current,
    );
  };

  const watchOnce = async (resourceVersion: string): Promise<void> => {
    const begun = clock.monotonic();
    const problem = await watch(resourceVersion);
    if (stopped.signal.aborted) return;
    // A caller that wants a list has ended it: the watch did not fail.
    if (waiters.areWaiting && (problem === undefined || problem.kind === 'Aborted')) return;
    if ((clock.monotonic() - begun) / 1000 >= limits.shortestWatchSeconds) failures = 0;
    else failures += 1;
    // Whatever else a watch is refused for, only a list can show the current state.
    if (problem !== undefined && !isPassing(problem)) mustList = true;
    // Bookmarks come every minute. A server whose history ends before this resourceVersion sends nothing at all.
    if (silentSince !== undefined && (clock.monotonic() - silentSince) / 1000 >= limits.silenceSeconds) {
      mustList = true;
      suspicious = true;
    }
    await recover(problem);
  };

  const listOnce = async (): Promise<void> => {
    const problem = await list();
    if (problem === undefined || stopped.signal.aborted) return;
    failures += 1;
    await recover(problem);
  };

  /** A watch that ended in good order, but at once, has to wait too. */
  const recover = async (problem: KubernetesError | undefined): Promise<void> => {
    if (problem !== undefined) onProblem?.(problem);
    if (failures === 0) return;
    const delay = backoffDelay(limits.backoff, failures, random());
    awaken = new AbortController();
    const signal = AbortSignal.any([stopped.signal, awaken.signal]);
    await sleep(clock, Math.max(delay, (problem?.retryAfter ?? 0) * 1000), signal);
  };

  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      if (mustList || version === undefined || waiters.areWaiting) await listOnce();
      else await watchOnce(version);
    }
  };

  const running = run();

  return {
    store: cache.store,
    hasSynced: () => synced,
    synced: () => firstSync,
    age: () => (clock.monotonic() - lastLife) / 1000,
    resourceVersion: () => version,
    refresh() {
      const promise = waiters.wait();
      awaken.abort();
      current.abort();
      // It may have begun too early to count, and to read all of it would only put off the one that does.
      listing.abort();
      return promise;
    },
    stop() {
      stopped.abort();
      current.abort();
      listing.abort();
      syncedOnce(false);
      waiters.end();
      return running;
    },
  };
}

/** A connection that broke, or a server that is busy, says nothing about the resourceVersion. */
function isPassing({ kind }: KubernetesError): boolean {
  return ['Unreachable', 'Timeout', 'TooManyRequests', 'ServerError', 'Unauthorized', 'Aborted'].includes(
    kind,
  );
}
