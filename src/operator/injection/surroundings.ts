/** Asks the API server, not a cache, what there is in a pod's namespace: what was applied a moment ago must count. */

import type { Clock } from '../../base/clock.ts';
import type { ObjectChange, Service, StoredBinding, StoredKind } from '../../cluster/objects.ts';
import { createSharing } from '../../cluster/sharing.ts';
import { createStore, type Store } from '../../cluster/store.ts';
import { namespaceInjection } from '../../injection/namespace.ts';
import type { NamespaceFacts } from '../../injection/request.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { type Outcome, ok } from '../../kubernetes/errors.ts';
import { listAll } from '../../kubernetes/list-all.ts';
import { keyOf } from '../../kubernetes/object.ts';
import { objectKey, type Resolution, resolveTargets } from '../../targets/resolve.ts';
import { READERS } from '../follow/kinds.ts';
import { RESOURCES } from '../resources.ts';
import { shareFresh } from './shared.ts';

/** A namespace, as it is now. */
export interface NamespaceSurroundings {
  readonly namespace: NamespaceFacts;
  readonly bindings: readonly TargetingBinding[];
  /** Where the namespace requires a guard for what they lead to; else none of them. */
  readonly services: readonly Service[];
}

export interface TargetingBinding {
  /** namespace/name. */
  readonly id: string;
  readonly binding: StoredBinding;
  readonly resolution: Resolution;
  /** What it targets, itself or through a route, and is not there. */
  readonly missing: readonly MissingTarget[];
}

export interface MissingTarget {
  readonly kind: StoredKind;
  /** namespace/name. */
  readonly id: string;
}

export interface LiveReadingParts {
  readonly client: Pick<KubernetesClient, 'get' | 'list'>;
  readonly clock: Pick<Clock, 'monotonic' | 'after'>;
  /** The operator's caches: a binding that is the same there need not be checked against the schema again. */
  readonly known: Pick<Store, 'get'>;
}

export type ReadNamespace = (namespace: string) => Promise<Outcome<NamespaceSurroundings>>;

/** Milliseconds for all of it: the API server gives up after 3 s, and a question may have to wait for its turn. */
const LIMIT = 2000;
const PAGE_SIZE = 500;

/** The kinds that targets are resolved from. */
const TARGETS = ['Service', 'Deployment', 'StatefulSet', 'DaemonSet', 'HTTPRoute', 'GRPCRoute'] as const;

/** Never rejects. It fails where anything that might matter cannot be read. */
export function createLiveReading({ client, clock, known }: LiveReadingParts): ReadNamespace {
  const read = async (namespace: string): Promise<Outcome<NamespaceSurroundings>> => {
    const end = clock.monotonic() + LIMIT;
    const within = () => ({ timeoutMilliseconds: Math.max(1, Math.ceil(end - clock.monotonic())) });
    const store = createStore();
    const sharing = createSharing();
    const listed = new Set<StoredKind>();
    let routeApi = true;

    const list = async <K extends StoredKind>(kind: K): Promise<Outcome<unknown>> => {
      listed.add(kind);
      const answer = await listAll(
        (page) => again(() => client.list(RESOURCES[kind], { namespace, ...page }, within())),
        PAGE_SIZE,
        (raw) => {
          const id = keyOf(raw.metadata);
          const object = READERS[kind](raw, sharing, known.get(kind, id));
          // A union's kind and object belong together, which the compiler does not see across a parameter.
          store.apply({ kind, id, object } as ObjectChange);
        },
      );
      if (answer.kind === 'ok' || answer.error.kind !== 'NotFound' || !isRoute(kind)) return answer;
      // There is no such kind in this cluster.
      if (kind === 'HTTPRoute') routeApi = false;
      return ok(undefined);
    };

    const [facts, bindings] = await Promise.all([
      again(() => client.get(RESOURCES.Namespace, { name: namespace }, within())),
      list('ApiBinding'),
    ]);
    if (facts.kind === 'failed') return facts;
    if (bindings.kind === 'failed') return bindings;
    const { labels = {}, annotations = {} } = facts.value.metadata;
    for (;;) {
      const { surroundings, needs } = survey({ labels, annotations }, { ...store, routeApi });
      const wanted = new Set(needs.filter((kind) => !listed.has(kind)));
      if (wanted.size === 0) return ok(surroundings);
      const answers = await Promise.all([...wanted].map((kind) => list(kind)));
      for (const answer of answers) if (answer.kind === 'failed') return answer;
    }
  };
  return shareFresh(read, clock);
}

/** What the objects say that were read so far, and the kinds that it depends on. */
function survey(
  namespace: NamespaceFacts,
  there: Pick<Store, 'get' | 'all'> & { readonly routeApi: boolean },
): { readonly surroundings: NamespaceSurroundings; readonly needs: readonly StoredKind[] } {
  const bindings = [...there.all('ApiBinding')].map(([id, binding]) => {
    const resolution = resolveTargets(binding, there);
    return { id, binding, resolution, reads: resolution.podReads.flatMap(readOf) };
  });
  const isRequired = namespaceInjection(namespace.labels) === 'required';
  return {
    surroundings: {
      namespace,
      bindings: bindings.map(({ reads, ...binding }) => ({
        ...binding,
        missing: reads.filter(({ kind, id }) => there.get(kind, id) === undefined),
      })),
      services: isRequired ? [...there.all('Service').values()] : [],
    },
    needs: [
      ...bindings.flatMap(({ reads }) => reads.map(({ kind }) => kind)),
      ...(isRequired ? (['Service'] as const) : []),
    ],
  };
}

/** Connections that were kept may be dead since the API server was started anew. */
async function again<T>(call: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const answer = await call();
  return answer.kind === 'failed' && answer.error.kind === 'Unreachable' ? call() : answer;
}

const isRoute = (kind: StoredKind): boolean => kind === 'HTTPRoute' || kind === 'GRPCRoute';

/** The object that a key of `Resolution.reads` stands for. */
function readOf(key: string): readonly MissingTarget[] {
  return TARGETS.flatMap((kind) => {
    const prefix = objectKey(kind, '');
    return key.startsWith(prefix) ? [{ kind, id: key.slice(prefix.length) }] : [];
  });
}
