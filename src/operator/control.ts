/** The policies, and who is told what a change has touched: the policy server, the statuses, the keys. */

import type { Clock } from '../base/clock.ts';
import type { Effects } from '../planning/effects.ts';
import { type Change, createPolicies, type Policies } from '../planning/policies.ts';
import { createFunnel } from './funnel.ts';

export interface Control {
  readonly policies: Policies;
  /** Together with others that come in the next moment. */
  put(changes: readonly Change[]): void;
  /** What was put so far counts when this is over, unless it is much: then the first of it. */
  flush(): void;
  /** Nothing is left of what was put. */
  isApplied(): boolean;
  /** Over when nothing is left of it, and all is compiled; or when this is stopped. */
  settled(): Promise<void>;
  /** The answer ends it. */
  onEffects(listener: (effects: Effects, changes: readonly Change[]) => void): () => void;
  stop(): void;
}

/** Milliseconds: all sources' keys come one by one when a leader starts. */
const GATHER = 5;
/** Changes that are applied in one go: some 10 ms. Each is whole, so that the state between two lots is one that was. */
const LOT = 128;

export function createControl(options: {
  readonly allowInsecureHttp: boolean;
  readonly clock: Pick<Clock, 'after' | 'monotonic'>;
  readonly onCompiled: (milliseconds: number) => void;
}): Control {
  const { allowInsecureHttp, clock, onCompiled } = options;
  const policies = createPolicies({ allowInsecureHttp });
  const listeners = new Set<(effects: Effects, changes: readonly Change[]) => void>();
  let left: Change[] = [];
  let settling = Promise.withResolvers<void>();
  let cancelNext: (() => void) | undefined;

  const work = (compile: () => Effects, changes: readonly Change[]): void => {
    const begun = clock.monotonic();
    const effects = compile();
    onCompiled(clock.monotonic() - begun);
    for (const listener of [...listeners]) listener(effects, changes);
  };
  const isSettled = (): boolean => left.length === 0 && !policies.isBehind();
  const takeLot = (): void => {
    const lot = left.slice(0, LOT);
    left = left.slice(LOT);
    work(() => policies.apply(lot, left.length > 0), lot);
    proceedSoon();
  };
  /** What is left has its turn after whoever else waits: webhooks, validators, the Lease. */
  const proceedSoon = (): void => {
    if (isSettled()) {
      settling.resolve();
      settling = Promise.withResolvers();
      return;
    }
    cancelNext ??= clock.after(0, () => {
      cancelNext = undefined;
      if (left.length > 0) return takeLot();
      work(policies.proceed, []);
      proceedSoon();
    });
  };
  const funnel = createFunnel<Change>(clock, GATHER, (changes) => {
    left = [...left, ...changes];
    takeLot();
  });
  return {
    policies,
    put: funnel.put,
    flush: funnel.flush,
    isApplied: () => left.length === 0,
    settled() {
      funnel.flush();
      return isSettled() ? Promise.resolve() : settling.promise;
    },
    onEffects(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop() {
      funnel.stop();
      cancelNext?.();
      cancelNext = () => {};
      settling.resolve();
    },
  };
}
