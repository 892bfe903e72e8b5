/** Follows the kinds of the Gateway API, and of gateways, while they are installed, and when they are installed later. */

import type { ObjectChange } from '../../cluster/objects.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { isServed } from '../../kubernetes/discovery.ts';
import type { KubernetesError } from '../../kubernetes/errors.ts';
import type { RouteApiChange } from '../../targets/applied-changes.ts';
import { RESOURCES } from '../resources.ts';
import { OPTIONAL_KINDS } from './kinds.ts';
import { type Reflection, type ReflectionParts, startReflection } from './reflection.ts';

type OptionalKind = (typeof OPTIONAL_KINDS)[number];

export interface RoutesParts extends ReflectionParts {
  readonly client: Pick<KubernetesClient, 'list' | 'watch' | 'read'>;
  /** Followed in these; undefined = in all. */
  readonly namespaces: readonly string[] | undefined;
  readonly onChange: (change: ObjectChange | RouteApiChange) => void;
  readonly onProblem: (kind: OptionalKind, error: KubernetesError) => void;
  /** `hasSynced` may be another. */
  readonly onProgress: () => void;
}

export interface Routes {
  /** Whether it is known which kinds there are, and their objects with them. */
  hasSynced(): boolean;
  /** HTTPRoute is installed. */
  isInstalled(): boolean;
  reflections(): ReadonlyMap<OptionalKind, readonly Reflection[]>;
  /** Over when all that is followed has been read anew. */
  refreshed(): Promise<unknown>;
  stop(): Promise<void>;
}

/** Milliseconds between two looks: the API's discovery is small, and cached by the API server. */
const LOOK_INTERVAL = 30_000;

interface Followed {
  readonly reflections: readonly Reflection[];
  readonly ids: Set<string>;
}

export function followRoutes(parts: RoutesParts): Routes {
  const { client, clock, onChange, onProblem, onProgress } = parts;
  const stopping = new AbortController();
  const followed = new Map<OptionalKind, Followed>();
  const known = new Set<OptionalKind>();
  /** Installed, but not to be read: no reason to wait for ever. */
  const forbidden = new Set<OptionalKind>();
  let cancel = () => {};

  const follow = (kind: OptionalKind): void => {
    const ids = new Set<string>();
    const selections = parts.namespaces?.map((namespace) => ({ namespace })) ?? [{}];
    const reflections = selections.map((selection) =>
      startReflection(
        kind,
        selection,
        parts,
        (change) => {
          if (change.object === undefined) ids.delete(change.id);
          else ids.add(change.id);
          onChange(change);
        },
        (error) => {
          if (error.kind === 'Forbidden') forbidden.add(kind);
          onProblem(kind, error);
          onProgress();
        },
      ),
    );
    for (const reflection of reflections) {
      void reflection.synced().then(() => {
        forbidden.delete(kind);
        onProgress();
      });
    }
    followed.set(kind, { reflections, ids });
  };

  const unfollow = (kind: OptionalKind, { reflections, ids }: Followed): void => {
    followed.delete(kind);
    for (const reflection of reflections) void reflection.stop();
    for (const id of ids) onChange({ kind, id, object: undefined });
  };

  const look = async (kind: OptionalKind): Promise<void> => {
    const served = await isServed(client, RESOURCES[kind], { signal: stopping.signal });
    if (stopping.signal.aborted) return;
    if (served.kind === 'failed') return onProblem(kind, served.error);
    const before = followed.get(kind);
    if (served.value && before === undefined) follow(kind);
    if (!served.value && before !== undefined) unfollow(kind, before);
    const isNews = served.value !== (before !== undefined) || !known.has(kind);
    known.add(kind);
    if (kind === 'HTTPRoute' && isNews) onChange({ kind: 'RouteApi', installed: served.value });
  };

  const lookAgain = async (): Promise<void> => {
    for (const kind of OPTIONAL_KINDS) await look(kind);
    if (!stopping.signal.aborted) onProgress();
    // Until it is known, soon again.
    const delay = known.size < OPTIONAL_KINDS.length ? LOOK_INTERVAL / 30 : LOOK_INTERVAL;
    if (!stopping.signal.aborted) cancel = clock.after(delay, () => void lookAgain());
  };
  const first = lookAgain();

  return {
    hasSynced: () =>
      known.size === OPTIONAL_KINDS.length &&
      [...followed].every(
        ([kind, { reflections }]) => forbidden.has(kind) || reflections.every((one) => one.hasSynced()),
      ),
    isInstalled: () => followed.has('HTTPRoute'),
    reflections: () => new Map([...followed].map(([kind, entry]) => [kind, entry.reflections])),
    refreshed: () =>
      Promise.all(
        [...followed.values()].flatMap(({ reflections }) => reflections).map((one) => one.refreshOrRefused()),
      ),
    async stop() {
      stopping.abort();
      await first;
      cancel();
      const all = [...followed.values()].flatMap(({ reflections }) => reflections);
      await Promise.all(all.map((reflection) => reflection.stop()));
    },
  };
}
