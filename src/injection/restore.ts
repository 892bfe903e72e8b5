/** A guarded pod as it was before: so that guarding it again, by another version or other bindings, begins anew. */

import { isJsonObject, type JsonObject, type JsonValue } from '../matching/json.ts';
import { listAt, objectAt } from '../matching/members.ts';
import { PROBE_TARGETS } from '../sidecar/settings.ts';
import { readHandlers } from './handover.ts';
import {
  CAPTURED_PORTS_ANNOTATION,
  INJECTED_LABEL,
  MOVED_PORTS_ANNOTATION,
  OWN_CONTAINERS,
  OWN_VOLUMES,
  POD_RESOURCES_ANNOTATION,
  VALIDATOR_CONTAINER,
} from './layout.ts';
import { mapObjects, named, textAt, withMember } from './members.ts';
import { withResourcesBack } from './pod-resources.ts';
import { withMovedNames } from './ports.ts';
import { restoreProbes } from './probes.ts';

/** Undefined where it is not known what the sidecars replaced. A pod without our label is given back as it is. */
export function restorePod(pod: JsonObject): JsonObject | undefined {
  const metadata = objectAt(pod.metadata);
  if (!Object.hasOwn(objectAt(metadata.labels), INJECTED_LABEL)) return pod;
  const spec = objectAt(pod.spec);
  const { env } = named(spec.initContainers, VALIDATOR_CONTAINER) ?? {};
  const handlers = readHandlers(textAt(named(env, PROBE_TARGETS)?.value) || '{}');
  if (handlers === undefined) return undefined;
  let isKnown = true;
  const restore = (container: JsonObject): JsonObject => {
    const probed = restoreProbes(container, handlers);
    if (probed !== 'unknown') return probed;
    isKnown = false;
    return container;
  };
  const containers = mapObjects(spec.containers, restore);
  const starting = mapObjects(without(spec.initContainers, OWN_CONTAINERS), restore);
  if (!isKnown) return undefined;
  const probed = withMember(withMember(spec, 'containers', containers), 'initContainers', starting);
  const renamed = withResourcesBack(withNamesBack(probed, movedNames(metadata)), metadata);
  return {
    ...pod,
    metadata: restoreMetadata(metadata),
    spec: withMember(renamed, 'volumes', without(spec.volumes, OWN_VOLUMES)),
  };
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

/** The first port that can have a name gets it: two ports of one number are one port. */
function withNamesBack(spec: JsonObject, moved: readonly MovedName[]): JsonObject {
  if (moved.length === 0) return spec;
  const names = new Map(
    [...Map.groupBy(moved, ({ port }) => port)].map(([port, all]) => [port, all.values()] as const),
  );
  const give = (container: JsonObject): JsonObject =>
    withMovedNames(container, (port) => names.get(port)?.next().value?.name);
  return ['containers', 'initContainers'].reduce(
    (result, member) => withMember(result, member, mapObjects(result[member], give)),
    spec,
  );
}

/** A list that held nothing else was put there with them. */
function without(list: JsonValue | undefined, names: readonly string[]): JsonValue | undefined {
  if (list === undefined) return undefined;
  const isOwn = (item: JsonValue): boolean => isJsonObject(item) && names.includes(textAt(item.name));
  const others = listAt(list).filter((item) => !isOwn(item));
  if (others.length === listAt(list).length) return list;
  return others.length === 0 ? undefined : others;
}

function restoreMetadata(metadata: JsonObject): JsonObject {
  return [
    ['labels', INJECTED_LABEL] as const,
    ['annotations', MOVED_PORTS_ANNOTATION] as const,
    ['annotations', CAPTURED_PORTS_ANNOTATION] as const,
    ['annotations', POD_RESOURCES_ANNOTATION] as const,
  ].reduce((result, [member, name]) => {
    const marks = objectAt(result[member]);
    if (!Object.hasOwn(marks, name)) return result;
    const others = withMember(marks, name, undefined);
    return withMember(result, member, Object.keys(others).length === 0 ? undefined : others);
  }, metadata);
}
