/**
 * Holds back sources until the Secrets and ConfigMaps that they name have been read: none is compiled without the Secret
 * that is there. Each of those is followed by its name alone, so that not all Secrets of a namespace are asked for.
 */

import { type ObjectId, parseId } from '../../base/object-id.ts';
import type { ObjectChange, StoredSource } from '../../cluster/objects.ts';
import { referencedData } from '../../compiler/source.ts';
import type { KubernetesError } from '../../kubernetes/errors.ts';
import { type Reflection, type ReflectionParts, startReflection } from './reflection.ts';

type SourceChange = Extract<ObjectChange, { kind: 'AuthenticationSource' }>;
/** `Secret shop/key`, `ConfigMap shop/ca`. */
type Reference = `${'Secret' | 'ConfigMap'} ${string}`;

export interface HeldSources {
  /** Takes a change; `release` gives it back once what the source names has been read. */
  take(change: SourceChange): void;
  /** Those that wait no longer, in no particular order. */
  release(): readonly SourceChange[];
  readonly waiting: number;
  /** Resolves when all that sources name has been read anew. */
  refreshed(): Promise<unknown>;
  stop(): Promise<void>;
}

export interface ReferencedEvents {
  /** An object that a source names, or named before. */
  readonly onChange: (change: ObjectChange) => void;
  /** The API server says that the Secrets of this namespace may, or may not, be read. */
  readonly onAccess: (namespace: string, readable: boolean) => void;
  /** `release` may have something to give. */
  readonly onSettled: () => void;
  readonly onProblem: (kind: 'Secret' | 'ConfigMap', error: KubernetesError) => void;
}

interface Followed {
  readonly reflection: Reflection;
  /** It is known what there is: an object, none, or that it may not be read. */
  isSettled: boolean;
}

export function holdSources(parts: ReflectionParts, events: ReferencedEvents): HeldSources {
  const held = new Map<string, { readonly change: SourceChange; readonly names: ReadonlySet<Reference> }>();
  /** What each source names, as it was released last. */
  const released = new Map<string, ReadonlySet<Reference>>();
  const followed = new Map<Reference, Followed>();
  /** Namespaces whose Secrets may not be read. */
  const denied = new Set<string>();
  const ending = new Set<Promise<void>>();

  const start = (reference: Reference): void => {
    const { kind, namespace, name } = parse(reference);
    const settle = (): void => {
      if (entry.isSettled) return;
      entry.isSettled = true;
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
        events.onProblem(kind, error);
        // Every other problem says nothing about what there is.
        if (error.kind !== 'Forbidden') return;
        access(false);
        settle();
      },
    );
    const entry: Followed = { reflection, isSettled: false };
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

  /** Follows what sources name, as last taken and as last released, and nothing else. */
  const followNamed = (): void => {
    const named = new Set<Reference>();
    for (const names of released.values()) for (const name of names) named.add(name);
    for (const { names } of held.values()) for (const name of names) named.add(name);
    for (const [reference, entry] of followed) if (!named.has(reference)) end(reference, entry);
    for (const reference of named) if (!followed.has(reference)) start(reference);
  };

  const areSettled = (names: ReadonlySet<Reference>): boolean =>
    names.values().every((name) => followed.get(name)?.isSettled === true);

  return {
    take(change) {
      held.set(change.id, { change, names: namesOf(change.object) });
    },
    release() {
      followNamed();
      const changes: SourceChange[] = [];
      for (const [id, { change, names }] of held) {
        if (!areSettled(names)) continue;
        held.delete(id);
        if (change.object === undefined) released.delete(id);
        else released.set(id, names);
        changes.push(change);
      }
      // What a source named before it was released just now is not needed any more.
      if (changes.length > 0) followNamed();
      return changes;
    },
    get waiting() {
      return held.size;
    },
    refreshed: () =>
      Promise.all([...followed.values()].map(({ reflection }) => reflection.refreshOrRefused())),
    async stop() {
      await Promise.all([...[...followed.values()].map(({ reflection }) => reflection.stop()), ...ending]);
      followed.clear();
    },
  };
}

function namesOf(source: StoredSource | undefined): ReadonlySet<Reference> {
  if (source?.kind !== 'typed') return new Set();
  const { namespace } = source.object.metadata;
  const data = referencedData(source.object);
  return new Set(data.map(({ kind, name }) => `${kind} ${namespace}/${name}` as const));
}

function parse(reference: Reference): ObjectId & { readonly kind: 'Secret' | 'ConfigMap' } {
  const [kind = '', id = ''] = reference.split(' ');
  return { kind: kind === 'Secret' ? 'Secret' : 'ConfigMap', ...parseId(id) };
}
