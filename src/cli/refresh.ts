/** Keys for a judgement that needs them: fetched once a source, and the policy compiled anew with them. */

import type { RefreshKeys } from '../explain/judgement.ts';
import type { IssuerState } from '../issuers/issuer.ts';
import { describeLeftOut } from '../issuers/left-out.ts';
import type { FetchPlan } from '../keys/plan.ts';
import type { PublicJwk } from '../policy/policy.ts';
import { enforcerAt, type Loaded } from './policy.ts';

type Refresh = (sourceId: string, at: number) => ReturnType<RefreshKeys>;

/** A provider is asked once, whatever comes of it, for as many judgements as there are. */
export function keyRefresher(loaded: Loaded, fetch: (plan: FetchPlan) => Promise<IssuerState>): Refresh {
  const fetched = new Map<string, readonly PublicJwk[]>();
  const states = new Map<string, Promise<IssuerState>>();
  return async (sourceId, at) => {
    const plan = loaded.compiled.plans.find(({ source }) => source === sourceId);
    if (plan === undefined) return undefined;
    const underWay = states.get(plan.uid) ?? fetch(plan);
    states.set(plan.uid, underWay);
    const { keys, jwksURI, leftOut, error } = await underWay;
    const missing = leftOut === undefined ? '' : `; left out: ${describeLeftOut(leftOut)}`;
    if (keys !== undefined) fetched.set(plan.uid, keys);
    const finding =
      keys === undefined
        ? `the keys of ${sourceId} cannot be fetched: ${error?.code}: ${error?.message}`
        : `the keys of ${sourceId}: ${keys.length} fetched from ${jwksURI}${missing}`;
    return { finding, enforcer: enforcerAt(loaded, fetched, at) };
  };
}
