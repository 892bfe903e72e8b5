/**
 * The Secrets and ConfigMaps that sources name, each followed by its name alone: nobody is asked for all the Secrets of
 * a namespace.
 */

import type { ObjectChange } from '../../cluster/objects.ts';
import type { KubernetesError } from '../../kubernetes/errors.ts';
import { type Reflection, type ReflectionParts, startReflection } from './reflection.ts';

/** `Secret shop/key`, `ConfigMap shop/ca`. */
export type Reference = `${'Secret' | 'ConfigMap'} ${string}`;

export interface Referenced {
  /** These are named by sources, and no others. */
  want(references: ReadonlySet<Reference>): void;
  /** Whether it is known of each what there is: an object, none, or that it may not be read. */
  areSettled(references: Iterable<Reference>): boolean;
  /** Over when all that is followed has been read anew. */
  refreshed(): Promise<unknown>;
  stop(): Promise<void>;
}

export interface ReferencedEvents {
  readonly onChange: (change: ObjectChange) => void;
  /** The API server says that the Secrets of this namespace may, or may not, be read. */
  readonly onAccess: (namespace: string, readable: boolean) => void;
  /** One more is settled. */
  readonly onSettled: () => void;
  readonly onProblem: (reference: Reference, error: KubernetesError) => void;
}

interface Followed {
  readonly reflection: Reflection;
  settled: boolean;
}

export function followReferenced(parts: ReflectionParts, events: ReferencedEvents): Referenced {
  const followed = new Map<Reference, Followed>();
  const denied = new Set<string>();
  const ending = new Set<Promise<void>>();

  const start = (reference: Reference): void => {
    const { kind, namespace, name } = parse(reference);
    const settle = (): void => {
      if (entry.settled) return;
      entry.settled = true;
      events.onSettled();
    };
    const access = (readable: boolean): void => {
      if (kind !== 'Secret' || denied.has(namespace) === !readable) return;
      if (readable) denied.delete(namespace);
      else denied.add(namespace);
      events.onAccess(namespace, readable);
    };
    const reflection = startReflection(
      kind,
      { namespace, fieldSelector: `metadata.name=${name}` },
      parts,
      (change) => {
        access(true);
        events.onChange(change);
      },
      (error) => {
        events.onProblem(reference, error);
        // Whatever else is in the way says nothing about what there is.
        if (error.kind !== 'Forbidden') return;
        access(false);
        settle();
      },
    );
    const entry: Followed = { reflection, settled: false };
    followed.set(reference, entry);
    void reflection.synced().then((isThere) => {
      if (!isThere) return;
      access(true);
      settle();
    });
  };

  const end = (reference: Reference, { reflection }: Followed): void => {
    followed.delete(reference);
    const { kind, namespace, name } = parse(reference);
    events.onChange({ kind, id: `${namespace}/${name}`, object: undefined });
    const stopped = reflection.stop().finally(() => ending.delete(stopped));
    ending.add(stopped);
  };

  return {
    want(references) {
      for (const [reference, entry] of followed) if (!references.has(reference)) end(reference, entry);
      for (const reference of references) if (!followed.has(reference)) start(reference);
    },
    areSettled(references) {
      for (const reference of references) if (followed.get(reference)?.settled !== true) return false;
      return true;
    },
    refreshed: () => Promise.all([...followed.values()].map(({ reflection }) => reflection.refreshed())),
    async stop() {
      await Promise.all([...[...followed.values()].map(({ reflection }) => reflection.stop()), ...ending]);
      followed.clear();
    },
  };
}

function parse(reference: Reference): {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly namespace: string;
  readonly name: string;
} {
  const [kind = '', id = ''] = reference.split(' ');
  const at = id.indexOf('/');
  return {
    kind: kind === 'Secret' ? 'Secret' : 'ConfigMap',
    namespace: id.slice(0, at),
    name: id.slice(at + 1),
  };
}
