/** Where pods stand in manifests: in Pods themselves, in the templates of workloads of any kind, and in Lists of them. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import { INJECT_LABEL } from '../injection/layout.ts';
import { referenceOf } from '../resources/typed.ts';

/** A Pod or a pod template, and what it is called. */
export interface PodPlace {
  /** `Deployment shop/orders`. */
  readonly owner: string;
  readonly namespace: string;
  readonly pod: JsonObject;
}

/** Kinds of Kubernetes itself → the members on the way to their pod template, in whatever version of their API. */
const WORKLOADS: Readonly<Record<string, readonly string[]>> = {
  PodTemplate: ['template'],
  ReplicationController: ['spec', 'template'],
  Deployment: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};
/** Where the pod template is in custom kinds that make pods as those of Kubernetes do. */
const USUAL = [
  ['spec', 'template'],
  ['spec', 'jobTemplate', 'spec', 'template'],
] as const;

/** What takes the template for something of its own: its pods get more containers than are written. */
export const isKnative = ({ apiVersion }: JsonObject): boolean =>
  typeof apiVersion === 'string' && apiVersion.startsWith('serving.knative.dev/');

/** The members on the way to the pod of an object; undefined where it has none, or where that is not known. */
function pathToPod(object: JsonObject): readonly string[] | undefined {
  const { kind, apiVersion } = object;
  if (kind === 'Pod' && apiVersion === 'v1') return [];
  if (isKnative(object)) return undefined;
  const builtIn = typeof kind === 'string' && Object.hasOwn(WORKLOADS, kind) ? WORKLOADS[kind] : undefined;
  const paths: readonly (readonly string[])[] = builtIn === undefined ? USUAL : [builtIn, ...USUAL];
  return paths.find((path) => objectsAt(specAt(object, path).containers).length > 0);
}

/** What sidecars are put into. */
export function podSpecOf(object: JsonObject): JsonObject | undefined {
  const path = pathToPod(object);
  return path && specAt(object, path);
}

const specAt = (object: JsonObject, path: readonly string[]): JsonObject =>
  objectAt(path.reduce<JsonObject>((inner, member) => objectAt(inner[member]), object).spec);

/**
 * The document with each of its pods changed; itself where it has none.
 *
 * @param finish changes the object that holds a pod, after it; `named` has the kind that its List says.
 */
export function mapPods(
  document: JsonValue,
  change: (place: PodPlace) => JsonObject,
  finish: (object: JsonObject, named: JsonObject) => JsonObject,
): JsonValue {
  return mapObjectsOf(document, (object, named) => {
    const path = pathToPod(named);
    if (path === undefined) return object;
    const { owner, namespace } = placeOfObject(named);
    const changed = changeAt(object, path, (pod) => change({ owner, namespace, pod }));
    return finish(changed, named);
  });
}

export function placeOfObject(object: JsonObject): Pick<PodPlace, 'owner' | 'namespace'> {
  const kind = typeof object.kind === 'string' ? object.kind : '?';
  const { namespace, name } = referenceOf(kind, object);
  return { owner: `${kind} ${namespace}/${name}`, namespace };
}

/** What the pod says of injection itself. */
export const injectLabel = ({ pod }: PodPlace): JsonValue | undefined =>
  objectAt(objectAt(pod.metadata).labels)[INJECT_LABEL];

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
  const objects: JsonObject[] = [];
  mapObjectsOf(document, (object, named) => {
    objects.push(named);
    return object;
  });
  return objects;
}

/** @param change gets each object as it is written, and with the kind that its List says, where it has none of its own. */
function mapObjectsOf(
  value: JsonValue,
  change: (object: JsonObject, named: JsonObject) => JsonValue,
  inherited: JsonObject = {},
): JsonValue {
  if (!isJsonObject(value)) return value;
  const named: JsonObject = { ...inherited, ...value };
  const { kind, apiVersion, items } = named;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items))
    return change(value, named);
  // The items of a DeploymentList need not say that they are Deployments.
  const itemKind = kind.slice(0, -'List'.length);
  const ofItems: JsonObject = itemKind === '' ? {} : { kind: itemKind, apiVersion: apiVersion ?? null };
  return { ...value, items: items.map((item: JsonValue) => mapObjectsOf(item, change, ofItems)) };
}
