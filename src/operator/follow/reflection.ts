/** Follows one kind in one namespace, or in all: passes on every change as the policies take it. */

import type { Clock } from '../../base/clock.ts';
import type { ObjectChange, ObjectsByKind, StoredKind } from '../../cluster/objects.ts';
import { createSharing } from '../../cluster/sharing.ts';
import { whenRead } from '../../cluster/unread.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesError } from '../../kubernetes/errors.ts';
import { type Cached, keyOf } from '../../kubernetes/object.ts';
import type { ListSelection } from '../../kubernetes/query.ts';
import { type Reflector, startReflector } from '../../kubernetes/reflector.ts';
import { RESOURCES } from '../resources.ts';
import { type KindReadingParts, READERS } from './kinds.ts';

export interface ReflectionParts extends KindReadingParts {
  readonly client: Pick<KubernetesClient, 'list' | 'watch'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** The object beside the names that the API server knows it by. */
export interface Kept<K extends StoredKind> extends Cached {
  readonly object: ObjectsByKind[K];
}

export interface Reflection
  extends Pick<Reflector<Kept<StoredKind>>, 'hasSynced' | 'synced' | 'age' | 'refresh' | 'stop'> {
  /** Resolves when the kind has been read again, or when the API server says that it may not be read, or is no more. */
  refreshOrRefused(): Promise<unknown>;
}

export function startReflection<K extends StoredKind>(
  kind: K,
  selection: ListSelection,
  parts: ReflectionParts,
  onChange: (change: ObjectChange) => void,
  onProblem: (error: KubernetesError) => void,
): Reflection {
  const sharing = createSharing();
  let refusal = Promise.withResolvers<void>();
  /** When it was refused last, by the monotonic clock. */
  let refusedAt = Number.NEGATIVE_INFINITY;
  const publish = (id: string, object: ObjectsByKind[K] | undefined): void =>
    // A union's kind and object belong together, which the compiler does not see across a parameter.
    onChange({ kind, id, object } as ObjectChange);
  const reflector: Reflector<Kept<K>> = startReflector<Kept<K>>({
    ...parts,
    resource: RESOURCES[kind],
    selection,
    trim: (raw) => {
      const before = reflector.store.get(keyOf(raw.metadata))?.object;
      const object = READERS[kind](raw, sharing, before, parts);
      if (object === undefined) return undefined;
      const { name, namespace, uid, resourceVersion } = raw.metadata;
      const kept = {
        metadata: { name, ...(namespace !== undefined && { namespace }), uid, resourceVersion },
        object,
      };
      whenRead(object, (whole) => {
        kept.object = whole;
      });
      return kept;
    },
    onChange: (change) => {
      const { metadata, object } = change.object;
      publish(keyOf(metadata), change.kind === 'deleted' ? undefined : object);
    },
    onProblem(error) {
      if (error.kind === 'Forbidden' || error.kind === 'NotFound') {
        refusedAt = parts.clock.monotonic();
        refusal.resolve();
        refusal = Promise.withResolvers<void>();
      }
      onProblem(error);
    },
  });
  const { hasSynced, synced, age, refresh, stop } = reflector;
  const isRefused = () => parts.clock.monotonic() - refusedAt <= age() * 1000;
  return {
    hasSynced,
    synced,
    age,
    refresh,
    stop,
    refreshOrRefused: () => (isRefused() ? Promise.resolve() : Promise.race([refresh(), refusal.promise])),
  };
}
