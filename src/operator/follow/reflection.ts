/** One kind in one place, followed: every change as the policies take it. */

import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesError } from '../../kubernetes/errors.ts';
import type { Cached } from '../../kubernetes/object.ts';
import type { Selection } from '../../kubernetes/query.ts';
import { type Reflector, startReflector } from '../../kubernetes/reflector.ts';
import type { Time } from '../../kubernetes/time.ts';
import type { Kind, ObjectChange, ObjectsByKind } from '../cluster/objects.ts';
import { createSharing } from '../cluster/sharing.ts';
import { READERS, RESOURCES } from './kinds.ts';

export interface ReflectionParts {
  readonly client: Pick<KubernetesClient, 'list' | 'watch'>;
  readonly time: Time;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** The object beside the names that the API server knows it by. */
export interface Kept<K extends Kind> extends Cached {
  readonly object: ObjectsByKind[K];
}

export type Reflection = Pick<Reflector<Kept<Kind>>, 'hasSynced' | 'synced' | 'age' | 'refresh' | 'stop'>;

export function startReflection<K extends Kind>(
  kind: K,
  selection: Selection,
  parts: ReflectionParts,
  onChange: (change: ObjectChange) => void,
  onProblem: (error: KubernetesError) => void,
): Reflection {
  const sharing = createSharing();
  const tell = (id: string, object: ObjectsByKind[K] | undefined): void =>
    // A union's kind and object belong together, which the compiler does not see across a parameter.
    onChange({ kind, id, object } as ObjectChange);
  return startReflector<Kept<K>>({
    ...parts,
    resource: RESOURCES[kind],
    selection,
    trim: (raw) => {
      const object = READERS[kind](raw, sharing);
      if (object === undefined) return undefined;
      const { name, namespace, uid, resourceVersion } = raw.metadata;
      return {
        metadata: { name, ...(namespace !== undefined && { namespace }), uid, resourceVersion },
        object,
      };
    },
    onChange: (change) => {
      const { metadata, object } = change.object;
      const id = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
      tell(id, change.kind === 'deleted' ? undefined : object);
    },
    onProblem,
  });
}
