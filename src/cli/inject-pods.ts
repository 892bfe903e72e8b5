/** Where pods stand in manifests: in Pods themselves, in the templates of workloads, and in Lists of them. */

import { isJsonObject, type JsonObject, type JsonValue } from '../matching/json.ts';
import { referenceOf } from '../resources/typed.ts';

/** A Pod or a pod template, and what it is called. */
export interface PodPlace {
  /** `Deployment shop/orders`. */
  readonly owner: string;
  readonly namespace: string;
  readonly pod: JsonObject;
}

/** Kind → its apiVersion, and the members on the way to its pod template. */
const WORKLOADS: Readonly<Record<string, { readonly apiVersion: string; readonly path: readonly string[] }>> =
  {
    Pod: { apiVersion: 'v1', path: [] },
    ReplicationController: { apiVersion: 'v1', path: ['spec', 'template'] },
    Deployment: { apiVersion: 'apps/v1', path: ['spec', 'template'] },
    ReplicaSet: { apiVersion: 'apps/v1', path: ['spec', 'template'] },
    StatefulSet: { apiVersion: 'apps/v1', path: ['spec', 'template'] },
    DaemonSet: { apiVersion: 'apps/v1', path: ['spec', 'template'] },
    Job: { apiVersion: 'batch/v1', path: ['spec', 'template'] },
    CronJob: { apiVersion: 'batch/v1', path: ['spec', 'jobTemplate', 'spec', 'template'] },
  };

/** The document with each of its pods changed; itself where it has none. */
export function mapPods(document: JsonValue, change: (place: PodPlace) => JsonObject): JsonValue {
  if (!isJsonObject(document)) return document;
  const { kind, apiVersion, items } = document;
  if (typeof kind !== 'string') return document;
  if (Array.isArray(items) && kind.endsWith('List')) {
    return { ...document, items: items.map((item: JsonValue) => mapPods(item, change)) };
  }
  const workload = Object.hasOwn(WORKLOADS, kind) ? WORKLOADS[kind] : undefined;
  if (workload === undefined || workload.apiVersion !== apiVersion) return document;
  const { namespace, name } = referenceOf(kind, document);
  const owner = `${kind} ${namespace}/${name}`;
  return changeAt(document, workload.path, (pod) => change({ owner, namespace, pod }));
}

function changeAt(
  value: JsonObject,
  [member, ...rest]: readonly string[],
  change: (pod: JsonObject) => JsonObject,
): JsonObject {
  if (member === undefined) return change(value);
  const inner = value[member];
  return isJsonObject(inner) ? { ...value, [member]: changeAt(inner, rest, change) } : value;
}

/** Every object of a document, those of Lists apart. */
export function objectsOf(document: JsonValue): readonly JsonObject[] {
  if (!isJsonObject(document)) return [];
  const { kind, items } = document;
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)
    ? items.flatMap((item: JsonValue) => objectsOf(item))
    : [document];
}
