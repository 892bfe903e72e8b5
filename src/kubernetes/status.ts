/** Writes status: only where it differs, not too often, and of several for one object the last. Computes nothing. */

import { digest } from '../base/canonical-json.ts';
import type { Clock } from '../base/clock.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { KubernetesClient } from './client.ts';
import type { KubernetesError } from './errors.ts';
import { type KubernetesObject, keyOf, type ObjectName } from './object.ts';
import { createQueue, type WorkResult } from './queue.ts';
import type { Resource } from './resource.ts';
import { isAtLeast } from './versions.ts';

/** The object as the cache has it. */
export interface Seen extends ObjectName {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly status: JsonValue | undefined;
}

export interface StatusWriterOptions {
  readonly client: Pick<KubernetesClient, 'apply'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly resource: Resource;
  /** Between two writes to one object. */
  readonly intervalMilliseconds: number;
  /** Writes at the same time. */
  readonly concurrency: number;
  /** Asked right before each write: whether we still lead. What is refused so is dropped. */
  readonly mayWrite: () => boolean;
  /** What was in the way; undefined for a bug. `retried` says whether it is tried again; if not, the object's next change is to bring it back. */
  readonly onProblem: (key: string, error: KubernetesError | undefined, retried: boolean) => void;
}

export interface StatusWriter {
  /** This is what the status of the object should be. `isUrgent`: however short a while ago the last write was. */
  want(seen: Seen, desired: JsonObject, isUrgent?: boolean): void;
  /** What is wanted is not written yet. */
  isPending(name: ObjectName): boolean;
  /** The object is gone. */
  forget(name: ObjectName): void;
  /** Drops what waits; over when no write is under way. */
  stop(): Promise<void>;
}

interface Entry {
  readonly uid: string;
  seen: Seen;
  wanted: JsonObject | undefined;
  /** What the last good write said, what came of it, and from when on the cache has that. */
  written:
    | { readonly desired: string; readonly result: string; readonly resourceVersion: string }
    | undefined;
  /** Monotonic milliseconds before which there is no write. */
  notBefore: number;
}

const DONE: WorkResult = { kind: 'done' };

export function createStatusWriter(options: StatusWriterOptions): StatusWriter {
  const { client, clock, random, resource, intervalMilliseconds, concurrency, mayWrite, onProblem } = options;
  const entries = new Map<string, Entry>();

  const write = async (key: string): Promise<WorkResult> => {
    const entry = entries.get(key);
    if (entry?.wanted === undefined) return DONE;
    const { wanted, seen } = entry;
    if (!differs(entry) || !mayWrite()) {
      entry.wanted = undefined;
      return DONE;
    }
    const wait = entry.notBefore - clock.monotonic();
    if (wait > 0) return { kind: 'after', milliseconds: wait };
    entry.notBefore = clock.monotonic() + intervalMilliseconds;

    const { name, namespace } = seen;
    // Of status the API server does not compare the uid. The version keeps the write from another object of that
    // name, and a leader of yesterday from overwriting what its follower has written.
    const resourceVersion = newestVersion(entry);
    const metadata = { name, ...(namespace !== undefined && { namespace }), resourceVersion };
    const answer = await client.apply(resource, { metadata, status: wanted }, { subresource: 'status' });
    if (answer.kind === 'failed') return refused(key, entry, seen, answer.error);
    if (entry.wanted === wanted) entry.wanted = undefined;
    entry.written = outcomeOf(wanted, answer.value);
    return DONE;
  };

  const refused = (key: string, entry: Entry, seen: Seen, error: KubernetesError): WorkResult => {
    // The object has changed, or is gone: what there is now comes by itself, if it has not come already.
    const overtaken = error.kind === 'NotFound' || error.kind === 'Conflict';
    const retried = !overtaken || (entry.seen !== seen && entries.get(key) === entry);
    if (!retried) entry.wanted = undefined;
    if (error.kind === 'NotFound' && entries.get(key) === entry && !retried) entries.delete(key);
    onProblem(key, error, retried);
    if (!retried) return DONE;
    if (overtaken) return { kind: 'after', milliseconds: intervalMilliseconds };
    return { kind: 'retry', afterMilliseconds: (error.retryAfter ?? 0) * 1000 };
  };

  const queue = createQueue<string>({
    work: write,
    concurrency,
    clock,
    random,
    onBug: (key) => onProblem(key, undefined, true),
    backoff: { baseMilliseconds: 1000, maxMilliseconds: 60_000 },
  });

  return {
    want(seen, desired, isUrgent = false) {
      const key = keyOf(seen);
      const known = entries.get(key);
      const entry = known?.uid === seen.uid ? known : newEntry(seen);
      entry.seen = seen;
      entry.wanted = desired;
      if (isUrgent) entry.notBefore = Number.NEGATIVE_INFINITY;
      entries.set(key, entry);
      queue.addAfter(key, entry.notBefore - clock.monotonic());
    },
    isPending: (name) => entries.get(keyOf(name))?.wanted !== undefined,
    forget: (name) => void entries.delete(keyOf(name)),
    stop: queue.stop,
  };
}

function differs({ written, seen, wanted }: Entry): boolean {
  const desired = digest(wanted);
  if (written?.desired === desired) {
    // The cache may not have our own write yet; and others may have added members that are none of our business.
    if (!isAtLeast(seen.resourceVersion, written.resourceVersion)) return false;
    if (digest(seen.status) === written.result) return false;
  }
  return digest(seen.status) !== desired;
}

function newestVersion({ seen, written }: Entry): string {
  if (written === undefined) return seen.resourceVersion;
  return isAtLeast(seen.resourceVersion, written.resourceVersion)
    ? seen.resourceVersion
    : written.resourceVersion;
}

function newEntry(seen: Seen): Entry {
  return { uid: seen.uid, seen, wanted: undefined, written: undefined, notBefore: Number.NEGATIVE_INFINITY };
}

function outcomeOf(desired: JsonObject, { status, metadata }: KubernetesObject): Entry['written'] {
  return {
    desired: digest(desired),
    result: digest(status),
    resourceVersion: metadata.resourceVersion,
  };
}
