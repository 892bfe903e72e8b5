/** What the API server shows of our objects: every version of each, so that nothing is waited for by the clock. */

import { systemClock } from '../../src/base/clock.ts';
import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import type { KubernetesClient } from '../../src/kubernetes/client.ts';
import { type KubernetesObject, keyOf } from '../../src/kubernetes/object.ts';
import { type Reflector, startReflector } from '../../src/kubernetes/reflector.ts';
import type { Resource } from '../../src/kubernetes/resource.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import type { Condition } from '../../src/resources/types.gen.ts';

export type Ours = 'AuthenticationSource' | 'ApiBinding';

/** `{ Ready: 'True Ready' }`: those conditions that matter, with status and reason. */
export type Shown = Readonly<Record<string, string>>;

export interface Board {
  now(kind: Ours, id: string): KubernetesObject | undefined;
  /** Once the status is of the object's last generation, and says that. */
  shows(kind: Ours, id: string, shown: Shown): Promise<KubernetesObject>;
  /** Looks at each change. */
  until<T>(what: string, look: () => T | undefined): Promise<T>;
  /** Each version that there was, oldest first. */
  history(kind: Ours): ReadonlyMap<string, readonly KubernetesObject[]>;
  /** The operator's about the object, as `Normal Ready`, or `Normal Ready x2` where it was told twice; sorted. */
  events(id: string): readonly string[];
  /** Every `type status reason` that was ever shown. */
  seen(kind: Ours): ReadonlySet<string>;
  stop(): Promise<void>;
}

/** Seconds; generous: what is read again every 30 s only is seen after that, and a machine may be busy. */
const LIMIT = 120;

export const conditionsOf = ({ status }: JsonObject): readonly Condition[] =>
  // The schema of the CRD answers for it.
  isJsonObject(status) ? ((status.conditions ?? []) as unknown as readonly Condition[]) : [];

export const shownBy = (object: JsonObject): Shown =>
  Object.fromEntries(conditionsOf(object).map(({ type, status, reason }) => [type, `${status} ${reason}`]));

export const messageOf = (object: JsonObject, type = 'Ready'): string =>
  conditionsOf(object).find((condition) => condition.type === type)?.message ?? '';

/** Of its last generation, as a whole and in each condition. */
export function isOfNow(object: KubernetesObject): boolean {
  const { generation } = object.metadata;
  return (
    isJsonObject(object.status) &&
    object.status.observedGeneration === generation &&
    conditionsOf(object).every(({ observedGeneration }) => observedGeneration === generation)
  );
}

export async function openBoard(client: KubernetesClient): Promise<Board> {
  const histories: Record<Ours, Map<string, KubernetesObject[]>> = {
    AuthenticationSource: new Map(),
    ApiBinding: new Map(),
  };
  const reflectors = new Map<string, Reflector<KubernetesObject>>();
  const watchers = new Set<() => void>();
  const follow = (kind: string, resource: Resource): void => {
    const started = startReflector<KubernetesObject>({
      client,
      resource,
      clock: systemClock,
      random: Math.random,
      trim: (object) => object,
      onChange({ kind: what, object }) {
        if (what !== 'deleted' && (kind === 'AuthenticationSource' || kind === 'ApiBinding')) {
          const versions = histories[kind].get(object.metadata.uid) ?? [];
          histories[kind].set(object.metadata.uid, [...versions, object]);
        }
        for (const look of [...watchers]) look();
      },
    });
    reflectors.set(kind, started);
  };
  follow('AuthenticationSource', RESOURCES.AuthenticationSource);
  follow('ApiBinding', RESOURCES.ApiBinding);
  follow('Event', RESOURCES.Event);
  await Promise.all([...reflectors.values()].map((reflector) => reflector.synced()));

  const until = <T>(what: string, look: () => T | undefined): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const watcher = (): void => {
      const found = look();
      if (found === undefined) return;
      watchers.delete(watcher);
      clearTimeout(limit);
      resolve(found);
    };
    const limit = setTimeout(() => {
      watchers.delete(watcher);
      reject(new Error(`Not within ${LIMIT} s: ${what}`));
    }, LIMIT * 1000);
    watchers.add(watcher);
    watcher();
    return promise;
  };
  const now = (kind: Ours, id: string) => reflectors.get(kind)?.store.get(id);
  const shows = async (kind: Ours, id: string, shown: Shown): Promise<KubernetesObject> => {
    const isSo = (object: KubernetesObject): boolean => {
      const conditions = shownBy(object);
      return isOfNow(object) && Object.entries(shown).every(([type, text]) => conditions[type] === text);
    };
    try {
      return await until(`${kind} ${id}`, () => {
        const object = now(kind, id);
        return object !== undefined && isSo(object) ? object : undefined;
      });
    } catch (error) {
      const state = JSON.stringify(now(kind, id)?.status, undefined, 1);
      throw new Error(`${String(error)} shows ${JSON.stringify(shown)}; it shows ${state}`);
    }
  };
  return {
    now,
    shows,
    until,
    history: (kind) => histories[kind],
    events: (id) =>
      [...(reflectors.get('Event')?.store.values() ?? [])]
        // The API server tells of its own about objects of the same name.
        .filter(({ reportingController }) => reportingController === 'portcullis.dev/operator')
        .filter(({ regarding }) => isJsonObject(regarding) && keyOf(regarding as never) === id)
        .map(({ type, reason, series }) => {
          const times = isJsonObject(series) ? ` x${Number(series.count)}` : '';
          return `${String(type)} ${String(reason)}${times}`;
        })
        .sort(),
    seen: (kind) =>
      new Set(
        [...histories[kind].values()]
          .flat()
          .flatMap(conditionsOf)
          .map(({ type, status, reason }) => `${type} ${status} ${reason}`),
      ),
    async stop() {
      await Promise.all([...reflectors.values()].map((reflector) => reflector.stop()));
    },
  };
}
