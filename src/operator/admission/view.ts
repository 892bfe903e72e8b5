/** What admission can read of other objects: the operator's caches, and a few requests to the API server. */

import type { Store } from '../../cluster/store.ts';
import type { ConfigMap, Secret } from '../../resources/object.ts';

/** Read-only: a review changes nothing, so that a dry run is like any other. */
export interface View {
  /** Whether the caches hold what the API server has. Until then an object is judged by itself alone. */
  isSynced(): boolean;
  /** The caches. */
  readonly store: Pick<Store, 'get' | 'all'>;
  /** Whether the cluster has the Gateway API's routes. */
  hasRouteApi(): boolean;
  /** What no cache holds. */
  readonly live: Live;
  /** Resolves when what was written a moment ago is in the caches: one `kubectl apply` sends many objects. */
  catchUp(): Promise<void>;
  /** Resolves when others have had their turn. */
  pause(): Promise<void>;
}

/**
 * Asks the API server, not a cache: for Secrets and ConfigMaps, which are followed only once a source names them,
 * and before a deletion is refused, for what was deleted a moment ago may still be cached. Never rejects, and
 * answers in a second or so.
 */
export interface Live {
  secret(namespace: string, name: string): Promise<ViewAnswer<Secret>>;
  configMap(namespace: string, name: string): Promise<ViewAnswer<ConfigMap>>;
  /** `id` is namespace/name; undefined: it could not be asked. */
  hasBinding(id: string): Promise<boolean | undefined>;
  /** A namespace that is gone counts, too; undefined: it could not be asked. */
  isTerminating(namespace: string): Promise<boolean | undefined>;
}

export type ViewAnswer<T> =
  | { readonly kind: 'found'; readonly object: T }
  | { readonly kind: 'absent' }
  /** RBAC does not let the control plane read it. */
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'unknown' };
