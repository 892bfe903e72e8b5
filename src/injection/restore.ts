/** A guarded pod as it was before: so that guarding it again, by another version or other bindings, begins anew. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt, objectAt } from '../base/members.ts';
import { PROBE_TARGETS } from '../sidecar/settings.ts';
import { readHandlers } from './handover.ts';
import {
  INJECTED_LABEL,
  MOVED_PORTS_ANNOTATION,
  OWN_CONTAINERS,
  OWN_MARKS,
  OWN_VOLUMES,
  VALIDATOR_CONTAINER,
} from './layout.ts';
import { mapObjects, named, textAt, withMember } from './members.ts';
import { withResourcesBack } from './pod-resources.ts';
import { isNativeSidecar, withMovedNames, withNames } from './ports.ts';
import { restoreProbes } from './probes.ts';
import { METADATA_PARTS, readWritten, SPEC_LISTS, type Written } from './written.ts';

/** Undefined where it is not known what the sidecars replaced. A pod without our label is given back as it is. */
export function restorePod(pod: JsonObject): JsonObject | undefined {
  const metadata = objectAt(pod.metadata);
  if (!Object.hasOwn(objectAt(metadata.labels), INJECTED_LABEL)) return pod;
  const spec = objectAt(pod.spec);
  const written = readWritten(pod);
  const { env } = named(spec.initContainers, VALIDATOR_CONTAINER) ?? {};
  const handlers = readHandlers(textAt(named(env, PROBE_TARGETS)?.value) || '{}');
  if (handlers === undefined) return undefined;
  let isKnown = true;
  const restore = (container: JsonObject): JsonObject => {
    const spelt = objectAt(written.probes[textAt(container.name)]);
    const probed = restoreProbes(container, handlers, spelt);
    if (probed !== 'unknown') return probed;
    isKnown = false;
    return container;
  };
  const others = { ...spec, initContainers: listAt(without(spec.initContainers, OWN_CONTAINERS)) };
  const renamed = withNamesBack(others, movedNames(metadata), written.ports);
  const probed = {
    ...renamed,
    ...(renamed.containers !== undefined && { containers: mapObjects(renamed.containers, restore) ?? [] }),
    initContainers: mapObjects(renamed.initContainers, restore) ?? [],
    volumes: listAt(without(spec.volumes, OWN_VOLUMES)),
  };
  if (!isKnown) return undefined;
  const restored = withoutEmpty(withResourcesBack(probed, metadata), SPEC_LISTS.slice(0, 2), written.empty);
  return restoreMetadata({ ...pod, spec: restored }, written);
}

/** As it was before it was guarded, while `restorePod` leaves Secrets for the images of others where they are. */
export function originalPod(pod: JsonObject): JsonObject | undefined {
  const restored = restorePod(pod);
  return restored && withoutAddedSecrets(restored, pod);
}

/** @param guarded what `restored` was made of; the same where it has no sidecars. */
export function withoutAddedSecrets(restored: JsonObject, guarded: JsonObject): JsonObject {
  if (restored === guarded) return restored;
  const { pullSecrets, empty } = readWritten(guarded);
  const spec = objectAt(restored.spec);
  const imagePullSecrets = without(spec.imagePullSecrets, pullSecrets);
  if (imagePullSecrets === undefined || imagePullSecrets === spec.imagePullSecrets) return restored;
  return { ...restored, spec: withoutEmpty({ ...spec, imagePullSecrets }, ['imagePullSecrets'], empty) };
}

interface MovedName {
  readonly name: string;
  readonly port: number;
}

function movedNames({ annotations }: JsonObject): readonly MovedName[] {
  return textAt(objectAt(annotations)[MOVED_PORTS_ANNOTATION])
    .split(',')
    .flatMap((entry) => {
      const [, name, digits] = /^([a-z0-9-]{1,15})=([0-9]{1,5})$/.exec(entry) ?? [];
      return name === undefined ? [] : [{ name, port: Number(digits) }];
    });
}

/** Without a word in the mark the first port that can have a name gets it: two ports of one number are one port. */
function withNamesBack(spec: JsonObject, moved: readonly MovedName[], written: JsonObject): JsonObject {
  if (moved.length === 0) return spec;
  const names = new Map(
    [...Map.groupBy(moved, ({ port }) => port)].map(([port, all]) => [port, all.values()] as const),
  );
  const give = (container: JsonObject): JsonObject => {
    const told = withMovedNames(container, (port) => names.get(port)?.next().value?.name);
    return withNames(container, listAt(written[textAt(container.name)])) ?? told;
  };
  return {
    ...withMember(spec, 'containers', mapObjects(spec.containers, give)),
    // Of other init containers no name was taken.
    initContainers: listAt(
      mapObjects(spec.initContainers, (container) =>
        isNativeSidecar(container) ? give(container) : container,
      ),
    ),
  };
}

/** The list itself where there is none of them. */
function without(list: JsonValue | undefined, names: readonly string[]): JsonValue | undefined {
  if (list === undefined) return undefined;
  const isOwn = (item: JsonValue): boolean => isJsonObject(item) && names.includes(textAt(item.name));
  const others = listAt(list).filter((item) => !isOwn(item));
  return others.length === listAt(list).length ? list : others;
}

/** What has nothing in it was put there with the sidecars, unless the mark says that it was there before. */
const withoutEmpty = (
  object: JsonObject,
  members: readonly string[],
  written: readonly string[],
): JsonObject =>
  members.reduce(
    (result, name) =>
      Object.keys(result[name] ?? {}).length === 0 && !written.includes(name)
        ? withMember(result, name, undefined)
        : result,
    object,
  );

function restoreMetadata(pod: JsonObject, { empty }: Written): JsonObject {
  const metadata = objectAt(pod.metadata);
  const annotations = OWN_MARKS.reduce<JsonObject>(
    (result, name) => withMember(result, name, undefined),
    objectAt(metadata.annotations),
  );
  const labels = withMember(objectAt(metadata.labels), INJECTED_LABEL, undefined);
  const restored = withoutEmpty({ ...metadata, labels, annotations }, METADATA_PARTS, empty);
  return withoutEmpty({ ...pod, metadata: restored }, ['metadata'], empty);
}
