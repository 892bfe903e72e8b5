/** The policies, and who is told what a change has touched: the policy server, the statuses, the keys. */

import type { Time } from '../kubernetes/time.ts';
import { createFunnel } from './funnel.ts';
import type { Effects } from './policies/effects.ts';
import { type Change, createPolicies, type Policies } from './policies/policies.ts';

export interface Control {
  readonly policies: Policies;
  /** Together with others that come in the next moment. */
  put(...changes: readonly Change[]): void;
  /** What was put so far counts when this is over. */
  flush(): void;
  /** The answer ends it. */
  onEffects(listener: (effects: Effects, changes: readonly Change[]) => void): () => void;
  stop(): void;
}

/** Milliseconds: all sources' keys come one by one when a leader starts. */
const GATHER = 5;

export function createControl(options: {
  readonly allowInsecureHttp: boolean;
  readonly time: Pick<Time, 'set' | 'monotonic'>;
  readonly onCompiled: (milliseconds: number) => void;
}): Control {
  const { allowInsecureHttp, time, onCompiled } = options;
  const policies = createPolicies({ allowInsecureHttp });
  const listeners = new Set<(effects: Effects, changes: readonly Change[]) => void>();
  let cancelNext: (() => void) | undefined;

  const work = (compile: () => Effects, changes: readonly Change[]): void => {
    const begun = time.monotonic();
    const effects = compile();
    onCompiled(time.monotonic() - begun);
    for (const listener of [...listeners]) listener(effects, changes);
  };
  /** What is left has its turn after whoever else waits: webhooks, validators, the Lease. */
  const proceedSoon = (): void => {
    if (!policies.isBehind()) return;
    cancelNext ??= time.set(() => {
      cancelNext = undefined;
      work(policies.proceed, []);
      proceedSoon();
    }, 0);
  };
  const funnel = createFunnel<Change>(time, GATHER, (changes) => {
    work(() => policies.apply(changes), changes);
    proceedSoon();
  });
  return {
    policies,
    put: funnel.put,
    flush: funnel.flush,
    onEffects(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop() {
      funnel.stop();
      cancelNext?.();
      cancelNext = () => {};
    },
  };
}
