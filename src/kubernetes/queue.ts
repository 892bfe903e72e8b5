/** A work queue in client-go's manner: keys, each at most once in it, and never worked on twice at once. */

import { type Backoff, backoffDelay } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';

export type WorkResult =
  | { readonly kind: 'done' }
  /** Good, but to be looked at again. */
  | { readonly kind: 'after'; readonly milliseconds: number }
  /** Something was in the way that may pass: again, later each time. */
  | { readonly kind: 'retry'; readonly afterMilliseconds?: number };

export interface QueueOptions<K extends string> {
  /** The signal aborts when the queue is stopped. What it throws is a bug: it is reported, and the key is tried again. */
  readonly work: (key: K, signal: AbortSignal) => Promise<WorkResult>;
  /** Keys that are worked on at the same time. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly onResult?: (key: K, result: WorkResult['kind'] | 'bug', milliseconds: number) => void;
  readonly onBug: (key: K, error: unknown) => void;
  readonly backoff?: Backoff;
}

export interface WorkQueue<K extends string> {
  /** As soon as there is room; once more afterwards where it is being worked on. */
  add(key: K): void;
  /** Of several times for one key the earliest counts. */
  addAfter(key: K, milliseconds: number): void;
  /** Takes no more keys, drops those that wait, aborts the signal of those at work; resolves when these have ended. */
  stop(): Promise<void>;
}

const BACKOFF: Backoff = { baseMilliseconds: 100, maxMilliseconds: 60_000 };

export function createQueue<K extends string>(options: QueueOptions<K>): WorkQueue<K> {
  const { work, concurrency, clock, random, onResult, onBug, backoff = BACKOFF } = options;
  /** In order, each once. Never holds what is being worked on. */
  const waiting = new Set<K>();
  const working = new Set<K>();
  /** Added while they were being worked on. */
  const again = new Set<K>();
  const later = new Map<K, { readonly at: number; readonly cancel: () => void }>();
  const failures = new Map<K, number>();
  const stopping = new AbortController();
  const ended = Promise.withResolvers<void>();
  let filling = false;

  const enter = (key: K): void => {
    if (working.has(key)) again.add(key);
    else waiting.add(key);
    soon();
  };

  /** In a later turn: what is added at once is worked on once, and a long queue leaves room for everything else. */
  const soon = (): void => {
    if (filling) return;
    filling = true;
    setImmediate(() => {
      filling = false;
      fill();
    });
  };

  const fill = (): void => {
    for (const key of waiting) {
      if (working.size >= concurrency) return;
      waiting.delete(key);
      working.add(key);
      void workOn(key);
    }
  };

  const workOn = async (key: K): Promise<void> => {
    const begun = clock.monotonic();
    let kind: WorkResult['kind'] | 'bug' = 'bug';
    let result: WorkResult = { kind: 'retry' };
    try {
      result = await work(key, stopping.signal);
      kind = result.kind;
    } catch (error) {
      onBug(key, error);
    }
    onResult?.(key, kind, clock.monotonic() - begun);
    working.delete(key);
    plan(key, result);
    if (again.delete(key)) waiting.add(key);
    soon();
    if (stopping.signal.aborted && working.size === 0) ended.resolve();
  };

  const plan = (key: K, result: WorkResult): void => {
    switch (result.kind) {
      case 'done':
        failures.delete(key);
        return;
      case 'after':
        failures.delete(key);
        addAfter(key, result.milliseconds);
        return;
      case 'retry': {
        const count = (failures.get(key) ?? 0) + 1;
        failures.set(key, count);
        addAfter(key, Math.max(backoffDelay(backoff, count, random()), result.afterMilliseconds ?? 0));
      }
    }
  };

  const addAfter = (key: K, milliseconds: number): void => {
    if (stopping.signal.aborted) return;
    if (milliseconds <= 0) {
      enter(key);
      return;
    }
    const at = clock.monotonic() + milliseconds;
    const planned = later.get(key);
    if (planned !== undefined && planned.at <= at) return;
    planned?.cancel();
    const cancel = clock.after(milliseconds, () => {
      later.delete(key);
      enter(key);
    });
    later.set(key, { at, cancel });
  };

  return {
    add(key) {
      if (!stopping.signal.aborted) enter(key);
    },
    addAfter,
    stop() {
      stopping.abort();
      for (const { cancel } of later.values()) cancel();
      later.clear();
      waiting.clear();
      again.clear();
      if (working.size === 0) ended.resolve();
      return ended.promise;
    },
  };
}
