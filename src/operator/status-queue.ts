/** Decides when a status is looked at: once for changes that come together, and after what it depends on. */

import type { Clock } from '../base/clock.ts';
import { createQueue, type WorkResult } from '../kubernetes/queue.ts';
import type { Policies } from '../planning/policies.ts';

export type OurKind = 'AuthenticationSource' | 'ApiBinding';
/** Kind and namespace/name. */
type Key = `${OurKind} ${string}`;

export interface StatusQueueParts {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly policies: {
    readonly store: Pick<Policies['store'], 'get'>;
    readonly isBehind: Policies['isBehind'];
    readonly namedBy: (source: string) => Iterable<string>;
  };
  /** A validator that counts for this binding has not polled yet. */
  readonly isAwaited: (binding: string) => boolean;
  /** The status of this binding was looked at, and is still to be written. */
  readonly isUnwritten: (binding: string) => boolean;
  /** Where it is false, nothing is looked at. */
  readonly mayWrite: () => boolean;
  /** Looks at one status. Returns the milliseconds after which it changes by itself, if it does. */
  readonly look: (kind: OurKind, id: string) => number | undefined;
  readonly onReconciled: (kind: OurKind, result: string, milliseconds: number) => void;
  readonly onBug: (error: unknown) => void;
}

export interface StatusQueue {
  /** The status of these may be another one. */
  bindings(ids: Iterable<string>): void;
  sources(ids: Iterable<string>): void;
  /** Validators can poll from now on: begins the time that bindings wait for them after an election. */
  startPolls(): void;
  /** Resolves when no look is under way. */
  stop(): Promise<void>;
}

/** Milliseconds after a change of a source. */
const SOURCE_DELAY = 200;
/**
 * Milliseconds after a change of a binding, so that one write reports it together with the validators that have it by
 * then: most have within a second.
 */
const BINDING_DELAY = 1200;
/** Milliseconds after the last validator has polled that a binding was delayed for. */
const POLLED_DELAY = 200;
/**
 * Milliseconds for which a new leader waits for validators. Without it, after every election the status of each binding
 * would report validators that are behind, and a moment later that they are not.
 */
export const FIRST_POLLS = 6000;
/** Milliseconds after which a status is tried again that waits for the compiler, or for other statuses. */
const BEHIND = 100;
/** Milliseconds after which a source waits for its bindings no longer: one of them may have a status that cannot be written. */
const LONGEST_WAIT = 30_000;

export function createStatusQueue(parts: StatusQueueParts): StatusQueue {
  const { clock, policies, isAwaited, isUnwritten, mayWrite, look, onReconciled, onBug } = parts;
  /** Bindings that are to be looked at. */
  const due = new Set<string>();
  /** Bindings that wait for the first polls of their validators. */
  const delayed = new Set<string>();
  /** When each edited source began to wait for its bindings, by the monotonic clock. */
  const waitingSince = new Map<string, number>();
  let areFirstPollsOver = false;
  let cancelFirstPolls = () => {};

  const addBinding = (id: string, delay: number): void => {
    due.add(id);
    queue.addAfter(`ApiBinding ${id}`, delay);
  };

  /**
   * The status of an edited source comes after those of the bindings that use it. A binding's own generation does not
   * move with its source. So what waits for the source to show its new generation finds no binding there that is Ready
   * by the old one.
   */
  const mustWaitForBindings = (id: string): boolean => {
    const source = policies.store.get('AuthenticationSource', id);
    const observed = source?.status?.observedGeneration;
    // As long as a source is new, no binding can be Ready by what it was before.
    if (source === undefined || observed === undefined || observed >= source.metadata.generation)
      return false;
    const since = waitingSince.get(id) ?? clock.monotonic();
    if (clock.monotonic() - since >= LONGEST_WAIT) return false;
    waitingSince.set(id, since);
    for (const binding of policies.namedBy(id)) {
      if (due.has(binding) || delayed.has(binding) || isUnwritten(binding)) return true;
    }
    return false;
  };

  const isBehind = (kind: OurKind, id: string): boolean => {
    if (kind === 'ApiBinding') return policies.isBehind(id);
    if (policies.isBehind()) return true;
    const mustWait = mustWaitForBindings(id);
    if (!mustWait) waitingSince.delete(id);
    return mustWait;
  };

  const work = async (key: Key): Promise<WorkResult> => {
    if (!mayWrite()) return { kind: 'done' };
    const [kind, id] = [kindOf(key), key.slice(key.indexOf(' ') + 1)];
    if (isBehind(kind, id)) return { kind: 'after', milliseconds: BEHIND };
    if (kind === 'ApiBinding') due.delete(id);
    const milliseconds = look(kind, id);
    return milliseconds === undefined ? { kind: 'done' } : { kind: 'after', milliseconds };
  };

  const queue = createQueue<Key>({
    work,
    concurrency: 1,
    clock,
    random: parts.random,
    onResult: (key, result, milliseconds) => onReconciled(kindOf(key), result, milliseconds),
    onBug: (_, error) => onBug(error),
  });

  return {
    bindings(ids) {
      for (const id of ids) {
        if (!areFirstPollsOver && isAwaited(id)) delayed.add(id);
        else addBinding(id, delayed.delete(id) ? POLLED_DELAY : BINDING_DELAY);
      }
    },
    sources(ids) {
      for (const id of ids) queue.addAfter(`AuthenticationSource ${id}`, SOURCE_DELAY);
    },
    startPolls() {
      cancelFirstPolls = clock.after(FIRST_POLLS, () => {
        areFirstPollsOver = true;
        for (const id of delayed) addBinding(id, POLLED_DELAY);
        delayed.clear();
      });
    },
    stop() {
      cancelFirstPolls();
      return queue.stop();
    },
  };
}

const kindOf = (key: Key): OurKind => (key.startsWith('ApiBinding ') ? 'ApiBinding' : 'AuthenticationSource');
