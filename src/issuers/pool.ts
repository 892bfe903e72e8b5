/** All issuers of a process: those that the plans ask for run, the others do not; what they fetch they fetch in turn. */

import { isDeepStrictEqual } from 'node:util';
import { namespaceOf } from '../base/object-id.ts';
import type { FetchPlan } from '../keys/plan.ts';
import type { FetchedKeys } from '../policy/policy.ts';
import {
  createIssuer,
  type FetchResult,
  type Issuer,
  type IssuerDeps,
  type IssuerState,
  NO_KEYS,
} from './issuer.ts';
import { shareFetches } from './shares.ts';

export interface PoolDeps extends Omit<IssuerDeps, 'onChange' | 'onFetch' | 'onImport'> {
  readonly onChange: (plan: FetchPlan, state: IssuerState) => void;
  readonly onFetch: (plan: FetchPlan, result: FetchResult) => void;
  /** What is known of a plan that is new here, from before; default: nothing. Only ever from its own location. */
  readonly initial?: (plan: FetchPlan) => IssuerState;
}

export interface IssuerPool {
  /** Starts what is new, stops what is gone, and restarts what has another plan. Plans have distinct uids. */
  reconcile(plans: readonly FetchPlan[]): void;
  /** By uid; sources without keys so far are not in it. */
  keySets(): ReadonlyMap<string, FetchedKeys>;
  state(uid: string): IssuerState | undefined;
  /** As `Issuer.refreshUnknownKey`; undefined for an unknown uid, too. */
  refreshUnknownKey(uid: string): Promise<void> | undefined;
  /** For good: nothing is called back any more. */
  stop(): void;
}

interface Running {
  readonly plan: FetchPlan;
  readonly issuer: Issuer;
}

export function createIssuerPool(deps: PoolDeps): IssuerPool {
  const running = new Map<string, Running>();
  const shareOf = shareFetches(deps.get, deps);

  const start = (plan: FetchPlan, initial: IssuerState): void => {
    const onChange = (state: IssuerState) => deps.onChange(plan, state);
    const onFetch = (result: FetchResult) => deps.onFetch(plan, result);
    const { get, imported: onImport } = shareOf(namespaceOf(plan.source));
    const issuer = createIssuer(plan, { ...deps, get, onImport, onChange, onFetch }, initial);
    running.set(plan.uid, { plan, issuer });
  };

  return {
    reconcile(plans) {
      const wanted = new Set(plans.map(({ uid }) => uid));
      for (const [uid, { issuer }] of running) {
        if (wanted.has(uid)) continue;
        issuer.stop();
        running.delete(uid);
      }
      for (const plan of plans) {
        const before = running.get(plan.uid);
        if (before !== undefined && isDeepStrictEqual(before.plan, plan)) continue;
        before?.issuer.stop();
        start(plan, before === undefined ? (deps.initial?.(plan) ?? NO_KEYS) : stateFor(plan, before));
      }
    },
    keySets() {
      const sets = new Map<string, FetchedKeys>();
      for (const [uid, { issuer }] of running) {
        const { keys, checkedAt } = issuer.state();
        if (keys !== undefined && checkedAt !== undefined) sets.set(uid, { keys, checkedAt });
      }
      return sets;
    },
    state: (uid) => running.get(uid)?.issuer.state(),
    refreshUnknownKey: (uid) => running.get(uid)?.issuer.refreshUnknownKey(),
    stop() {
      for (const { issuer } of running.values()) issuer.stop();
      running.clear();
    },
  };
}

/**
 * What a changed plan may go on with. Keys of another location are those of another provider: whoever moves a
 * source away from one no longer wants its tokens, so there are none until the new one has answered. Tenants
 * are part of it: they say whose document is taken, and so whose keys.
 */
function stateFor(plan: FetchPlan, before: Running): IssuerState {
  return isDeepStrictEqual(plan.location, before.plan.location) ? before.issuer.state() : NO_KEYS;
}
