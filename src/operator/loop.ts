/** The control loop: gathers changes, applies and compiles a bounded part of them in each turn, and publishes the effects. */

import type { Clock } from '../base/clock.ts';
import type { Effects } from '../planning/effects.ts';
import type { PlanningChange, Policies } from '../planning/policies.ts';

/** What a turn has changed, and the changes that it applied. */
export interface Published extends Effects {
  readonly changes: readonly PlanningChange[];
}

/** The part of the cluster's changes that may be applied now. */
export interface Released {
  readonly changes: readonly PlanningChange[];
  /** Everything has been read once, and nothing is held back. */
  readonly isComplete: boolean;
  /** Objects are being checked, a part of them in each turn. */
  readonly isBusy: boolean;
}

export interface LoopParts {
  readonly policies: Pick<Policies, 'apply' | 'proceed' | 'isBehind'>;
  readonly clock: Pick<Clock, 'after' | 'monotonic'>;
  /** Called once in each turn. `isAwaited`: the start, or a new leader, waits for all that is held back. */
  readonly release: (isAwaited: boolean) => Released;
  readonly onCompiled: (milliseconds: number) => void;
}

export interface Loop {
  /** Applies the changes together with others that come in the next milliseconds. */
  put(changes: readonly PlanningChange[]): void;
  /** `release` may have something: calls it together with other changes of the next milliseconds. */
  wake(): void;
  /** Takes a turn at once. What was put before is applied then, unless it is much: then the first part of it. */
  flush(): void;
  /** All that there was in the cluster at first is applied. Once true, it stays true. */
  hasSynced(): boolean;
  /** Resolves when all that was put is applied and compiled, or when the loop is stopped. */
  settled(): Promise<void>;
  /** The same, for what `release` holds back as well. Resolves to false when the loop is stopped before. */
  caughtUp(): Promise<boolean>;
  /** Calls the listener after each turn that has changed something. Returns a function that unsubscribes. */
  subscribe(listener: (published: Published) => void): () => void;
  stop(): void;
}

/** Milliseconds in which changes are gathered: one `kubectl apply` makes several, and a leader's first keys come one by one. */
const GATHER = 10;
/** Changes that one turn applies: some 10 ms. Each is whole, so that the state between two turns is one that was. */
const CHANGES_PER_TURN = 128;

export function createLoop({ policies, clock, release, onCompiled }: LoopParts): Loop {
  const listeners = new Set<(published: Published) => void>();
  let waiting: PlanningChange[] = [];
  /** The next turn. */
  let next: { readonly at: number; readonly cancel: () => void } | undefined;
  /** Effects of the last turn are to be published: even if all was compiled meanwhile, because something asked for it. */
  let isBehind = false;
  let isInTurn = false;
  let isStopped = false;
  /** At the last turn, `release` held nothing back. */
  let isComplete = false;
  let synced = false;
  let settling: (() => void)[] = [];
  let catchingUp: ((isCaughtUp: boolean) => void)[] = [];

  const isAwaited = (): boolean => !synced || catchingUp.length > 0;
  const isSettled = (): boolean => waiting.length === 0 && !isBehind;

  /** Not one call with all of them as arguments: it takes some 100,000, and a large cluster has more objects. */
  const enqueue = (changes: readonly PlanningChange[]): void => {
    for (const change of changes) waiting.push(change);
  };

  const plan = (milliseconds: number): void => {
    const at = clock.monotonic() + milliseconds;
    if (isStopped || (next !== undefined && next.at <= at)) return;
    next?.cancel();
    next = { at, cancel: clock.after(milliseconds, turn) };
  };

  /** Between two turns the process serves webhooks and validators, and renews the Lease. */
  const turn = (): void => {
    if (isInTurn || isStopped) return;
    next?.cancel();
    next = undefined;
    isInTurn = true;
    let isBusy = false;
    try {
      const released = release(isAwaited());
      ({ isComplete, isBusy } = released);
      enqueue(released.changes);
      if (!isSettled()) work();
    } finally {
      isInTurn = false;
      if (!isSettled()) plan(0);
      // Where nothing waits for all checks, most of the time is for others.
      else if (isBusy) plan(isAwaited() ? 0 : GATHER);
      resolveWaiting();
    }
  };

  const work = (): void => {
    const changes = waiting.slice(0, CHANGES_PER_TURN);
    waiting = waiting.slice(CHANGES_PER_TURN);
    const begun = clock.monotonic();
    const effects = changes.length > 0 ? policies.apply(changes, waiting.length > 0) : policies.proceed();
    isBehind = policies.isBehind();
    onCompiled(clock.monotonic() - begun);
    for (const listener of [...listeners]) listener({ ...effects, changes });
  };

  const resolveWaiting = (): void => {
    synced ||= isComplete && waiting.length === 0;
    if (!isSettled()) return;
    for (const resolve of settling) resolve();
    settling = [];
    if (!isComplete) return;
    for (const resolve of catchingUp) resolve(true);
    catchingUp = [];
  };

  return {
    put(changes) {
      if (isStopped) return;
      enqueue(changes);
      plan(GATHER);
    },
    wake: () => plan(GATHER),
    flush: turn,
    hasSynced: () => synced,
    settled() {
      if (isStopped) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      settling.push(resolve);
      turn();
      return promise;
    },
    caughtUp() {
      if (isStopped) return Promise.resolve(false);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      catchingUp.push(resolve);
      turn();
      return promise;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop() {
      isStopped = true;
      next?.cancel();
      waiting = [];
      for (const resolve of settling) resolve();
      for (const resolve of catchingUp) resolve(false);
    },
  };
}
