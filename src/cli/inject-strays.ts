/**
 * Pods in places that only their own controller understands: `spec.predictor` of a model server,
 * the objects of a Template. Sidecars cannot be put there.
 */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt, objectAt, objectsAt } from '../base/members.ts';
import { injectionRefusal } from '../injection/refusals.ts';
import type { OfflineGuards } from './inject-guards.ts';
import { injectLabel, isKnative, type PodPlace, placeOfObject, podSpecOf } from './inject-pods.ts';

interface Stray extends PodPlace {
  /** `spec.predictor` */
  readonly path: string;
  /** Its pods hand requests to the app past any capture. */
  readonly isKnative: boolean;
}

/** Of one object; where there are more, it is not known what the others are. */
const MOST = 1000;

export interface FoundStrays {
  /** Of pods that are to be guarded. */
  readonly errors: readonly string[];
  /** Of which no binding is known. */
  readonly open: readonly PodPlace[];
}

export function lookForStrays(object: JsonObject, guards: OfflineGuards): FoundStrays {
  const strays = straysOf(object);
  if (strays === 'tooMany') {
    const text = `${placeOfObject(object).owner}: it holds more than ${MOST} pods at places where no workload has them; write them as workloads of their own`;
    return { errors: [text], open: [] };
  }
  const judged = strays
    .filter((stray) => injectLabel(stray) !== 'false')
    .map((stray) => ({ stray, why: reasonToGuard(stray, guards) }));
  return {
    errors: judged.flatMap(({ stray, why }) => (why === undefined ? [] : [strayText(stray, why)])),
    open: judged.flatMap(({ stray, why }) => (why === undefined ? [stray] : [])),
  };
}

function reasonToGuard(stray: Stray, guards: OfflineGuards): string | undefined {
  const [first] = guards.guardsOf(stray);
  if (first !== undefined) {
    return first.binding === ''
      ? 'its namespace requires a guard for what a Service leads to'
      : `ApiBinding ${first.binding} targets it`;
  }
  return injectLabel(stray) === undefined ? undefined : 'its label portcullis.dev/inject asks for a guard';
}

function strayText({ owner, path, isKnative: ofKnative }: Stray, why: string): string {
  if (ofKnative) {
    const { message, remedy, reason } = injectionRefusal('MeshSidecar', 'Knative Serving (queue-proxy)');
    return `${owner}: ${why}, and ${message}; ${remedy} (${reason})`;
  }
  return `${owner}: ${why}, and its pod stands at ${path}, where sidecars cannot be put; leave the object out, and let the control plane inject its pods as they are created, or label them portcullis.dev/inject: "false"`;
}

interface Step {
  readonly value: JsonValue;
  readonly path: string;
  /** What holds the value. */
  readonly holder: JsonObject;
}

/** Looks at every member once. */
function straysOf(object: JsonObject): readonly Stray[] | 'tooMany' {
  const known = podSpecOf(object);
  const strays: Stray[] = [];
  const left: Step[] = [{ value: object, path: '', holder: {} }];
  for (let step = left.pop(); step !== undefined; step = left.pop()) {
    if (strays.length > MOST) return 'tooMany';
    const { value } = step;
    if (isJsonObject(value) && value !== known && isPodSpec(value)) strays.push(strayOf(object, value, step));
    else if (value !== known) for (const next of within(step)) left.push(next);
  }
  return strays.toReversed();
}

function within({ value, path, holder }: Step): readonly Step[] {
  if (Array.isArray(value)) {
    return listAt(value).map((item, index) => ({ value: item, path: `${path}[${index}]`, holder }));
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).map(([name, member]) => ({
    value: member,
    holder: value,
    path: path === '' ? name : `${path}.${name}`,
  }));
}

/** One container, as some kinds have it, counts as well. */
function isPodSpec({ containers, container }: JsonObject): boolean {
  return [...objectsAt(containers), ...objectsAt([objectAt(container)])].some(
    ({ name, image }) => typeof image === 'string' || (typeof name === 'string' && containers !== undefined),
  );
}

function strayOf(object: JsonObject, spec: JsonObject, { path, holder }: Step): Stray {
  const { container } = spec;
  const isTemplate = path.endsWith('.spec') && isJsonObject(holder.metadata);
  // The controller that makes pods from it gives them its labels, or those of the whole object.
  const labels = [
    isTemplate ? objectAt(holder.metadata).labels : undefined,
    ...[spec, holder].flatMap((near) => [
      objectAt(near.podMetadata).labels,
      near.podLabels,
      near === object ? undefined : objectAt(near.metadata).labels,
      near.labels,
    ]),
    objectAt(object.metadata).labels,
  ].find((found) => Object.keys(objectAt(found)).length > 0);
  const { owner, namespace } = placeOfObject(object);
  return {
    owner,
    namespace,
    path,
    isKnative: isKnative(object),
    pod: {
      metadata: { labels: { ...objectAt(labels), ...knativeLabels(object) } },
      spec: container === undefined ? spec : { ...spec, containers: [container] },
    },
  };
}

function knativeLabels(object: JsonObject): JsonObject {
  if (!isKnative(object)) return {};
  const { name } = objectAt(object.metadata);
  if (name === undefined) return {};
  const keys = ['service', 'configuration', 'revision'].map((kind) => `serving.knative.dev/${kind}`);
  return Object.fromEntries(keys.map((key) => [key, name]));
}
