/** Where changes of objects may open or close a way around the check: at which gateways, and in which namespaces. */

import { isDeepStrictEqual } from 'node:util';
import { namespaceOf } from '../base/object-id.ts';
import type { ObjectsByKind } from '../cluster/objects.ts';
import { reachesFar } from '../cluster/security-policies.ts';
import type { Store } from '../cluster/store.ts';
import type { PlanningChange } from '../planning/policies.ts';

export interface ConcernedPlaces {
  /** Of those with validators. */
  readonly gateways: ReadonlySet<string>;
  /** All bindings there: a policy may be for any of their routes. */
  readonly namespaces: ReadonlySet<string>;
}

export interface AskingChangesParts {
  readonly store: Pick<Store, 'all' | 'get'>;
  /** Gateways that validators ask for, and the pods of those validators. */
  readonly gateways: () => Iterable<string>;
  readonly gatewayPods: (gateway: string) => readonly string[];
}

type WatchedKind = 'SecurityPolicy' | 'AuthorizationPolicy' | 'Gateway' | 'ReferenceGrant';
type Watched = ObjectsByKind[WatchedKind];

/** Must be called with all changes, in order. */
export function createAskingChanges({ store, gateways, gatewayPods }: AskingChangesParts) {
  /** As seen last: controllers write status of policies all the time, and most of it says nothing new. */
  const seen: { readonly [K in WatchedKind]: Map<string, Watched> } = {
    SecurityPolicy: new Map(store.all('SecurityPolicy')),
    AuthorizationPolicy: new Map(store.all('AuthorizationPolicy')),
    Gateway: new Map(store.all('Gateway')),
    ReferenceGrant: new Map(store.all('ReferenceGrant')),
  };

  /** Undefined where nothing is another. */
  const moved = (kind: WatchedKind, id: string, now: Watched | undefined): readonly Watched[] | undefined => {
    const before = seen[kind].get(id);
    if (now === undefined) seen[kind].delete(id);
    else seen[kind].set(id, now);
    if (isDeepStrictEqual(contentOf(before), contentOf(now))) return undefined;
    return [before, now].filter((one) => one !== undefined);
  };

  return (changes: readonly PlanningChange[]): ConcernedPlaces => {
    const found = new Set<string>();
    const namespaces = new Set<string>();
    const take = (isConcerned: (gateway: string) => boolean): void => {
      for (const gateway of gateways()) if (isConcerned(gateway)) found.add(gateway);
    };
    for (const change of changes) {
      switch (change.kind) {
        case 'SecurityPolicy':
        case 'ReferenceGrant': {
          const versions = moved(change.kind, change.id, change.object);
          if (versions === undefined) break;
          const isFar = versions.some((one) => one.kind === 'SecurityPolicy' && reachesFar(one));
          take((gateway) => isFar || namespaceOf(gateway) === namespaceOf(change.id));
          namespaces.add(namespaceOf(change.id));
          break;
        }
        case 'AuthorizationPolicy':
          if (moved(change.kind, change.id, change.object) !== undefined) take(() => true);
          break;
        case 'Gateway':
          if (moved(change.kind, change.id, change.object) !== undefined) take((one) => one === change.id);
          break;
        case 'Service':
          // The one that is asked stands beside the validators; one that a Gateway names by its address, anywhere.
          take(
            (gateway) =>
              store.get('Gateway', gateway)?.deployed.kind === 'Manual' ||
              gatewayPods(gateway).some((pod) => namespaceOf(pod) === namespaceOf(change.id)),
          );
          break;
        default:
      }
    }
    return { gateways: found, namespaces };
  };
}

const contentOf = (object: Watched | undefined): object | undefined =>
  object && { ...object, metadata: undefined };
