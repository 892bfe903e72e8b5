/** For tests: an API server of the kinds that the operator follows, whose answers can be kept back or refused. */

import type { JsonObject } from '../../base/json.ts';
import type { StoredKind } from '../../cluster/objects.ts';
import type { KubernetesClient, ObjectList } from '../../kubernetes/client.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import { isKubernetesObject, type KubernetesObject } from '../../kubernetes/object.ts';
import type { ListSelection } from '../../kubernetes/query.ts';
import { groupPath, type Resource } from '../../kubernetes/resource.ts';
import type { WatchEvent } from '../../kubernetes/watch.ts';
import { RESOURCES } from '../resources.ts';

export interface FakeApi {
  readonly client: Pick<KubernetesClient, 'list' | 'watch' | 'read'>;
  /** Makes or changes it; watches hear of it. */
  put(kind: StoredKind, object: JsonObject): void;
  remove(kind: StoredKind, id: string): void;
  /** The same for kinds that are followed apart, by their plural. */
  putRaw(plural: string, object: JsonObject): void;
  removeRaw(plural: string, id: string): void;
  /** Kinds of the Gateway API are installed, or no longer. */
  install(...kinds: readonly StoredKind[]): void;
  /** Lists and new watches of this kind are refused. */
  forbid(kind: StoredKind, isForbidden: boolean): void;
  /** Lists of this kind, or discovery, are not answered before what it gives back is called. */
  keepBack(what: StoredKind | 'discovery'): () => void;
  /** Watches hear of nothing any more: as behind a firewall that has forgotten them. */
  deafen(): void;
  /** `list plural`, `watch plural name`, in order. */
  readonly calls: readonly string[];
  /** Watches that are open. */
  open(): number;
}

interface Watcher {
  readonly plural: string;
  readonly selection: ListSelection;
  readonly waiting: (WatchEvent | undefined)[];
  wake: () => void;
  deaf: boolean;
}

export function fakeApi(): FakeApi {
  const stored = new Map<string, Map<string, KubernetesObject>>();
  const watchers = new Set<Watcher>();
  const forbidden = new Set<string>();
  const gates = new Map<string, Promise<void>>();
  const calls: string[] = [];
  let installed = new Set<string>();
  let version = 100;

  const objectsOf = (plural: string) => {
    const objects = stored.get(plural) ?? new Map<string, KubernetesObject>();
    stored.set(plural, objects);
    return objects;
  };
  const nameIn = ({ fieldSelector = '' }: ListSelection) => /^metadata\.name=(.*)$/.exec(fieldSelector)?.[1];
  const isSelected = ({ metadata }: KubernetesObject, selection: ListSelection): boolean =>
    (selection.namespace ?? metadata.namespace) === metadata.namespace &&
    (nameIn(selection) ?? metadata.name) === metadata.name;
  const tell = (plural: string, kind: 'modified' | 'deleted', object: KubernetesObject): void => {
    for (const watcher of watchers) {
      if (watcher.deaf || watcher.plural !== plural || !isSelected(object, watcher.selection)) continue;
      watcher.waiting.push({ kind, object });
      watcher.wake();
    }
  };
  const refusal = ({ plural, group }: Resource) => {
    if (forbidden.has(plural)) return failed('Forbidden', `may not see ${plural}`);
    if (group === GATEWAY && !installed.has(plural)) return failed('NotFound', `no ${plural}`);
    return undefined;
  };

  const list = async (resource: Resource, selection: ListSelection): Promise<Outcome<ObjectList>> => {
    calls.push(['list', resource.plural, nameIn(selection)].filter(Boolean).join(' '));
    await gates.get(resource.plural);
    const refused = refusal(resource);
    if (refused !== undefined) return refused;
    const items = [...objectsOf(resource.plural).values()].filter((object) => isSelected(object, selection));
    return ok({ items, resourceVersion: `${version}`, continue: undefined });
  };

  const watch = (
    { plural }: Resource,
    selection: ListSelection,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent> => {
    const watcher: Watcher = { plural, selection, waiting: [], wake: () => {}, deaf: false };
    watchers.add(watcher);
    signal.addEventListener('abort', () => {
      watcher.waiting.push(undefined);
      watcher.wake();
    });
    return (async function* () {
      try {
        for (;;) {
          if (watcher.waiting.length === 0) {
            await new Promise<void>((resolve) => {
              watcher.wake = resolve;
            });
          }
          const next = watcher.waiting.shift();
          if (next === undefined) return;
          yield next;
        }
      } finally {
        watchers.delete(watcher);
      }
    })();
  };

  const put = (plural: string, object: JsonObject): void => {
    version += 1;
    const metadata = typeof object.metadata === 'object' ? object.metadata : {};
    const next = { ...object, metadata: { ...metadata, resourceVersion: `${version}` } };
    if (!isKubernetesObject(next)) throw new Error('a test stores what is no object');
    const { namespace, name } = next.metadata;
    objectsOf(plural).set(namespace === undefined ? name : `${namespace}/${name}`, next);
    tell(plural, 'modified', next);
  };
  const remove = (plural: string, id: string): void => {
    const object = objectsOf(plural).get(id);
    if (object === undefined) throw new Error(`there is none of ${plural} ${id}`);
    version += 1;
    objectsOf(plural).delete(id);
    tell(plural, 'deleted', { ...object, metadata: { ...object.metadata, resourceVersion: `${version}` } });
  };

  return {
    calls,
    client: {
      list,
      async watch(resource, selection, signal) {
        calls.push(['watch', resource.plural, nameIn(selection)].filter(Boolean).join(' '));
        return refusal(resource) ?? ok(watch(resource, selection, signal));
      },
      async read(path) {
        await gates.get('discovery');
        const resources = Object.values(RESOURCES).filter(
          (resource) => groupPath(resource) === path && installed.has(resource.plural),
        );
        return resources.length === 0
          ? failed('NotFound', path)
          : ok({ resources: resources.map(({ plural }) => ({ name: plural })) });
      },
    },
    put: (kind, object) => put(RESOURCES[kind].plural, object),
    remove: (kind, id) => remove(RESOURCES[kind].plural, id),
    putRaw: put,
    removeRaw: remove,
    install(...kinds) {
      installed = new Set(kinds.map((kind) => RESOURCES[kind].plural));
    },
    forbid(kind, isForbidden) {
      if (isForbidden) forbidden.add(RESOURCES[kind].plural);
      else forbidden.delete(RESOURCES[kind].plural);
    },
    keepBack(what) {
      const { promise, resolve } = Promise.withResolvers<void>();
      gates.set(what === 'discovery' ? what : RESOURCES[what].plural, promise);
      return resolve;
    },
    deafen() {
      for (const watcher of watchers) watcher.deaf = true;
    },
    open: () => watchers.size,
  };
}

const GATEWAY = 'gateway.networking.k8s.io';
