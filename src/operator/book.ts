/** The policies as the policy server reads them. */

import type { Change, Policies } from '../planning/policies.ts';
import { isOver } from '../targets/guards.ts';
import type { Loop } from './loop.ts';
import type { Entry, PolicyBook } from './server/book.ts';

type KeysChange = Extract<Change, { readonly kind: 'Keys' }>;

/** The part of maxStale after which a good fetch is news though its keys are the same: as `haveKeysMoved` has it. */
const NEWS_SHARE = 1 / 4;

export interface BookParts {
  readonly policies: Policies;
  readonly subscribe: Loop['subscribe'];
  /** The cluster has been read, and applied. */
  readonly isRead: () => boolean;
}

export function createBook({ policies, subscribe, isRead }: BookParts): PolicyBook {
  const podOf = (id: string) => {
    const pod = policies.store.get('Pod', id);
    return pod === undefined || isOver(pod) ? undefined : pod;
  };
  return {
    livePod: (id) => podOf(id)?.metadata.uid,
    policyOf({ pod, gateway }): Entry {
      if (!isRead()) return { kind: 'notReady' };
      if (gateway !== undefined) return entryOf(policies.lastForGateway(gateway), { kind: 'unknown' });
      if (podOf(pod) === undefined) return { kind: 'unknown' };
      return entryOf(policies.lastForPod(pod), { kind: 'unbound' });
    },
    onChange(listener) {
      const recheckedSource = createRecheck(policies);
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
          const source = change.kind === 'Keys' ? recheckedSource(change) : undefined;
          if (source !== undefined) addUsers(source);
        }
        if (pods.size + gateways.size > 0) listener({ pods, gateways });
      });
    },
  };
}

function entryOf(last: ReturnType<Policies['lastForPod']>, none: Entry): Entry {
  if (last === undefined) return none;
  return last === 'behind' ? { kind: 'behind' } : { kind: 'policy', update: last };
}

/** The answer is the source, where a good fetch came so long after the last one that it matters. */
function createRecheck({ sources, source }: Policies): (change: KeysChange) => string | undefined {
  /** By the source's uid. */
  const lastChecked = new Map<string, number>();
  return ({ uid, keys }) => {
    const before = lastChecked.get(uid);
    if (keys === undefined) lastChecked.delete(uid);
    else lastChecked.set(uid, keys.checkedAt);
    const id = sources.withUid(uid);
    const plan = id === undefined ? undefined : source(id)?.plan;
    if (keys === undefined || before === undefined || plan === undefined) return undefined;
    return keys.checkedAt - before >= plan.maxStale * NEWS_SHARE ? id : undefined;
  };
}
