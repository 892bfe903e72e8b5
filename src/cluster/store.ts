/** The cluster's objects as last seen, by kind and id. */

import type { ObjectChange, ObjectsByKind, StoredKind } from './objects.ts';

type Maps = { readonly [K in StoredKind]: Map<string, ObjectsByKind[K]> };

export interface Store {
  get<K extends StoredKind>(kind: K, id: string): ObjectsByKind[K] | undefined;
  all<K extends StoredKind>(kind: K): ReadonlyMap<string, ObjectsByKind[K]>;
  apply(change: ObjectChange): void;
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
    NetworkPolicy: new Map(),
    Secret: new Map(),
    ConfigMap: new Map(),
    ApiBinding: new Map(),
    AuthenticationSource: new Map(),
  };
  const put = <K extends StoredKind>(kind: K, id: string, object: ObjectsByKind[K] | undefined): void => {
    if (object === undefined) maps[kind].delete(id);
    else maps[kind].set(id, object);
  };
  return {
    get: (kind, id) => maps[kind].get(id),
    all: (kind) => maps[kind],
    // A union's kind and object belong together, which the compiler does not see across a call.
    apply: (change) => put<StoredKind>(change.kind, change.id, change.object),
  };
}
