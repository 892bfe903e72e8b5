/** The cluster's objects as last seen, by kind and id. */

import { move, type SetsByKey } from '../base/sets-by-key.ts';
import type { ObjectChange, ObjectsByKind, StoredKind } from './objects.ts';
import { reachesFar } from './security-policies.ts';

type Maps = { readonly [K in StoredKind]: Map<string, ObjectsByKind[K]> };

export interface Store {
  get<K extends StoredKind>(kind: K, id: string): ObjectsByKind[K] | undefined;
  all<K extends StoredKind>(kind: K): ReadonlyMap<string, ObjectsByKind[K]>;
  /** Those of the namespace, and those of others that may choose objects there. */
  near<K extends PolicyKind>(kind: K, namespace: string): readonly ObjectsByKind[K][];
  apply(change: ObjectChange): void;
}

/** There may be one for each route: status asks for those of one namespace, for each of its bindings. */
type PolicyKind = 'SecurityPolicy' | 'AuthorizationPolicy' | 'ReferenceGrant';
type Policy = ObjectsByKind[PolicyKind];

const placeOf = (kind: PolicyKind, namespace: string): string => `${kind} ${namespace}`;
/** Stands for every namespace; none is called so. */
const EVERYWHERE = '*';

function placesOf(policy: Policy | undefined): readonly string[] {
  if (policy === undefined) return [];
  const place = placeOf(policy.kind, policy.metadata.namespace);
  const isFar = policy.kind === 'SecurityPolicy' && reachesFar(policy);
  return isFar ? [place, placeOf(policy.kind, EVERYWHERE)] : [place];
}

export function createStore(): Store {
  const maps: Maps = {
    Pod: new Map(),
    Service: new Map(),
    Deployment: new Map(),
    StatefulSet: new Map(),
    DaemonSet: new Map(),
    Namespace: new Map(),
    Node: new Map(),
    HTTPRoute: new Map(),
    GRPCRoute: new Map(),
    Gateway: new Map(),
    SecurityPolicy: new Map(),
    AuthorizationPolicy: new Map(),
    ReferenceGrant: new Map(),
    NetworkPolicy: new Map(),
    Secret: new Map(),
    ConfigMap: new Map(),
    ApiBinding: new Map(),
    AuthenticationSource: new Map(),
  };
  const places: SetsByKey = new Map();
  const put = <K extends StoredKind>(kind: K, id: string, object: ObjectsByKind[K] | undefined): void => {
    if (object === undefined) maps[kind].delete(id);
    else maps[kind].set(id, object);
  };
  return {
    get: (kind, id) => maps[kind].get(id),
    all: (kind) => maps[kind],
    near(kind, namespace) {
      const ids = [namespace, EVERYWHERE].flatMap((place) => [...(places.get(placeOf(kind, place)) ?? [])]);
      return [...new Set(ids)].flatMap((id) => maps[kind].get(id) ?? []);
    },
    // A union's kind and object belong together, which the compiler does not see across a call.
    apply(change) {
      const { kind, id } = change;
      if (kind === 'SecurityPolicy' || kind === 'AuthorizationPolicy' || kind === 'ReferenceGrant') {
        move(places, placesOf(maps[kind].get(id)), placesOf(change.object), id);
      }
      put<StoredKind>(kind, id, change.object);
    },
  };
}
