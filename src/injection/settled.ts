/** Whether a pod has all that injection would give it, so that nothing needs to be changed. */

import { isJsonObject, type JsonObject, type JsonValue } from '../matching/json.ts';
import { listAt, objectAt, objectsAt } from '../matching/members.ts';
import { OWN_CONTAINERS, OWN_VOLUMES } from './layout.ts';
import { sameJson, textAt } from './members.ts';
import { isNativeSidecar } from './ports.ts';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'];

/**
 * What others at admission may change on our containers without harm: registry mirrors and digests, quotas and
 * autoscalers, and how a mesh probes. An older version shows in the pod's label.
 */
const OTHERS_MAY_CHANGE = [...['image', 'imagePullPolicy', 'resources'], ...PROBES];

/** What Kubernetes fills in, or what decides nothing. */
const OTHERS_MAY_ADD = [
  ...['terminationMessagePath', 'terminationMessagePolicy', 'resizePolicy', 'stdin', 'stdinOnce', 'tty'],
  ...['env', 'volumeMounts'],
];
/** Which program runs, with which rights, and what may be taken for a port of the app: nothing may come to these. */
const NOBODY_ADDS_TO = ['args', 'command', 'lifecycle', 'ports'];

/** The app's part must be the same; our own may have more, such as what Kubernetes fills in. */
export function isSettled(pod: JsonObject, wanted: JsonObject, isFinal: boolean): boolean {
  const spec = objectAt(pod.spec);
  const wantedSpec = objectAt(wanted.spec);
  return (
    sameJson(pod.metadata, wanted.metadata) &&
    sameJson(withoutParts(spec), withoutParts(wantedSpec)) &&
    areSettled(spec.initContainers, wantedSpec.initContainers, OWN_CONTAINERS, coversContainer) &&
    areSettled(spec.volumes, wantedSpec.volumes, OWN_VOLUMES, covers) &&
    (isFinal || sameJson(ownImages(spec), ownImages(wantedSpec))) &&
    startsBeforeTheApp(spec)
  );
}

/** By place: what stands there else must be the same already. */
export const ownImages = ({ initContainers }: JsonObject): readonly JsonValue[] =>
  objectsAt(initContainers).flatMap(({ name, image = '' }) =>
    OWN_CONTAINERS.includes(textAt(name)) ? [image] : [],
  );

function withoutParts({ initContainers: _, volumes: __, ...rest }: JsonObject): JsonObject {
  return rest;
}

function areSettled(
  items: JsonValue | undefined,
  wanted: JsonValue | undefined,
  ownNames: readonly string[],
  isAsWanted: typeof covers,
): boolean {
  const isOwn = (item: JsonValue): boolean => isJsonObject(item) && ownNames.includes(textAt(item.name));
  const own = listAt(items).filter(isOwn);
  const wantedOwn = listAt(wanted).filter(isOwn);
  const others = listAt(items).filter((item) => !isOwn(item));
  return (
    own.length === wantedOwn.length &&
    wantedOwn.every((item, index) => isAsWanted(own[index], item)) &&
    sameJson(
      others,
      listAt(wanted).filter((item) => !isOwn(item)),
    )
  );
}

function coversContainer(item: JsonValue | undefined, wanted: JsonValue): boolean {
  if (!isJsonObject(item) || !isJsonObject(wanted)) return false;
  const rest = Object.entries(wanted).filter(([name]) => !OTHERS_MAY_CHANGE.includes(name));
  return (
    covers(item, Object.fromEntries(rest)) &&
    Object.keys(item).every(
      (name) =>
        Object.hasOwn(wanted, name) || OTHERS_MAY_CHANGE.includes(name) || OTHERS_MAY_ADD.includes(name),
    ) &&
    NOBODY_ADDS_TO.every((name) => sameJson(item[name], wanted[name])) &&
    sameJson(capabilities(item), capabilities(wanted)) &&
    PROBES.every((name) => !Object.hasOwn(objectAt(item[name]), 'exec')) &&
    hasEachOnce(item.env, wanted.env)
  );
}

const capabilities = ({ securityContext }: JsonObject): JsonValue | undefined =>
  objectAt(securityContext).capabilities;

/** Of two variables of one name Kubernetes takes the last. */
function hasEachOnce(variables: JsonValue | undefined, wanted: JsonValue | undefined): boolean {
  const names = new Set(objectsAt(wanted).map(({ name }) => name));
  return objectsAt(variables).filter(({ name }) => names.has(name)).length === names.size;
}

/** Another's init container in front ends before ours start; a sidecar in front would serve without them. */
function startsBeforeTheApp(spec: JsonObject): boolean {
  const starting = objectsAt(spec.initContainers);
  const last = starting.findLastIndex(({ name }) => OWN_CONTAINERS.includes(textAt(name)));
  return starting
    .slice(0, last)
    .every((container) => OWN_CONTAINERS.includes(textAt(container.name)) || !isNativeSidecar(container));
}

/** Whether a value has every member of another. */
function covers(value: JsonValue | undefined, wanted: JsonValue): boolean {
  if (Array.isArray(wanted)) return coversList(listAt(value), listAt(wanted));
  if (!isJsonObject(wanted)) return value === wanted;
  return isJsonObject(value) && Object.entries(wanted).every(([name, member]) => covers(value[name], member));
}

/** Mounts are told apart by their path, the rest by name; arguments, and what has no name, by their place. */
function coversList(items: readonly JsonValue[], wanted: readonly JsonValue[]): boolean {
  const isKeyed = wanted.every((item) => isJsonObject(item) && keyOf(item) !== undefined);
  if (!isKeyed) {
    return items.length === wanted.length && wanted.every((item, index) => covers(items[index], item));
  }
  return wanted.every((item) => items.some((other) => keyOf(other) === keyOf(item) && covers(other, item)));
}

function keyOf(item: JsonValue): JsonValue | undefined {
  return isJsonObject(item) ? (item.mountPath ?? item.name) : undefined;
}
