/** What the policy server serves: which pods exist, and the policy of each, from the control plane's policies. */

import type { PlanningChange, Policies } from '../../planning/policies.ts';
import type { PolicyUpdate } from '../../policy/policy.ts';
import { isOver } from '../../targets/guards.ts';
import type { Loop } from '../loop.ts';
import { isFetchNews } from './keys-news.ts';

/** Whose policy is asked for. */
export interface Reader {
  /** namespace/name. */
  readonly pod: string;
  /** namespace/name of the Gateway whose routes are meant; undefined = what is meant for the pod itself. */
  readonly gateway: string | undefined;
}

export type ServedPolicy =
  /** Without bindings, too: then every request is refused as host_unbound. */
  | { readonly kind: 'policy'; readonly update: PolicyUpdate }
  /**
   * The pod is known, and no binding guards it. A validator that has a policy from before is sent an empty one,
   * and one that has none goes on waiting.
   */
  | { readonly kind: 'unbound' }
  /** Nothing can be said of this one, or not yet, as of a Gateway that no validator has asked for before. */
  | { readonly kind: 'unknown' }
  /** It is being compiled for the first time: its readers are woken in a moment. */
  | { readonly kind: 'behind' }
  /** Nothing can be said of any: the cluster has not been read as it is now. */
  | { readonly kind: 'notReady' };

/** Ids of those that may have another policy, or another life; readers compare. */
export interface ServedChange {
  readonly pods: Iterable<string>;
  readonly gateways: Iterable<string>;
}

export interface ServedPolicies {
  /** The UID of the pod of that name; undefined where there is none, and where its containers are over. */
  livePod(pod: string): string | undefined;
  policyOf(reader: Reader): ServedPolicy;
  /**
   * Pods that come, go or get another policy; and those with a source whose keys were checked, where it had been so
   * long before that it matters (see `haveKeysMoved`). Returns a function that unsubscribes.
   */
  onChange(listener: (change: ServedChange) => void): () => void;
}

export interface ServedPoliciesParts {
  readonly policies: Policies;
  readonly subscribe: Loop['subscribe'];
  /** The cluster has been read, and applied. */
  readonly isRead: () => boolean;
}

type KeysChange = Extract<PlanningChange, { readonly kind: 'Keys' }>;

export function createServedPolicies({ policies, subscribe, isRead }: ServedPoliciesParts): ServedPolicies {
  const podOf = (id: string) => {
    const pod = policies.store.get('Pod', id);
    return pod === undefined || isOver(pod) ? undefined : pod;
  };
  return {
    livePod: (id) => podOf(id)?.metadata.uid,
    policyOf({ pod, gateway }): ServedPolicy {
      if (!isRead()) return { kind: 'notReady' };
      if (gateway !== undefined) return served(policies.lastForGateway(gateway), { kind: 'unknown' });
      if (podOf(pod) === undefined) return { kind: 'unknown' };
      return served(policies.lastForPod(pod), { kind: 'unbound' });
    },
    onChange(listener) {
      const sourceWithNews = createKeysNews(policies);
      return subscribe((published) => {
        const pods = new Set(published.pods);
        const gateways = new Set(published.gateways);
        const addUsers = (source: string): void => {
          // Bindings of the same pods have the very same set of them.
          const sets = new Set([...policies.namedBy(source)].map(policies.targets.podsOf));
          for (const set of sets) for (const pod of set) pods.add(pod);
          for (const binding of policies.namedBy(source)) {
            for (const gateway of policies.gatewaysOf(binding)) gateways.add(gateway);
          }
        };
        for (const change of published.changes) {
          if (change.kind === 'Pod') pods.add(change.id);
          const source = change.kind === 'Keys' ? sourceWithNews(change) : undefined;
          if (source !== undefined) addUsers(source);
        }
        if (pods.size + gateways.size > 0) listener({ pods, gateways });
      });
    },
  };
}

function served(last: ReturnType<Policies['lastForPod']>, none: ServedPolicy): ServedPolicy {
  if (last === undefined) return none;
  return last === 'behind' ? { kind: 'behind' } : { kind: 'policy', update: last };
}

/** Returns the source of the keys where `isFetchNews` holds for their last two good fetches. */
function createKeysNews({ sources, source }: Policies): (change: KeysChange) => string | undefined {
  /** By the source's uid. */
  const lastChecked = new Map<string, number>();
  return ({ uid, keys }) => {
    const before = lastChecked.get(uid);
    if (keys === undefined) lastChecked.delete(uid);
    else lastChecked.set(uid, keys.checkedAt);
    const id = sources.withUid(uid);
    const plan = id === undefined ? undefined : source(id)?.plan;
    if (keys === undefined || before === undefined || plan === undefined) return undefined;
    return isFetchNews(before, keys.checkedAt, plan.maxStale) ? id : undefined;
  };
}
