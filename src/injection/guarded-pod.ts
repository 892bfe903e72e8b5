/** A pod with sidecars, made anew of one without them. */

import type { JsonObject } from '../base/json.ts';
import { listAt, objectAt, objectsAt } from '../base/members.ts';
import type { CaptureMode } from './capture-mode.ts';
import type { CheckPorts } from './check-ports.ts';
import { ownContainers } from './containers.ts';
import type { EnvoyChoices } from './envoy-choices.ts';
import type { PortListener, ProbeToMake } from './handover.ts';
import { CAPTURED_PORTS_ANNOTATION, INJECTED_LABEL, MOVED_PORTS_ANNOTATION, OWN_MARKS } from './layout.ts';
import { mapObjects, withMember } from './members.ts';
import { annotationsOfOwn } from './own-annotations.ts';
import { raisedResources, resourcesMark } from './pod-resources.ts';
import { isNativeSidecar, withoutMovedNames } from './ports.ts';
import { rewriteProbes } from './probes.ts';
import { ownProfiles } from './profiles.ts';
import type { InjectionSettings } from './request.ts';
import type { SidecarResources } from './resources.ts';
import { restorePod } from './restore.ts';
import type { SidecarUsers } from './users.ts';
import { ownVolumes } from './volumes.ts';
import { writtenMark } from './written.ts';

export interface GuardParts {
  readonly capture: CaptureMode;
  readonly checkPorts: CheckPorts;
  readonly listeners: readonly PortListener[];
  readonly hookKey: string;
  readonly resources: SidecarResources;
  readonly choices: EnvoyChoices;
  readonly users: SidecarUsers;
  readonly settings: InjectionSettings;
  /** The pod as it was first, where it has kept something of an earlier injection. */
  readonly original?: JsonObject;
}

interface Guarded {
  readonly pod: JsonObject;
  /** Probes that the validator could not make. */
  readonly unusable: readonly string[];
}

/** @param pod as `restorePod` gives it back. */
export function guardedPod(pod: JsonObject, parts: GuardParts): Guarded {
  const { listeners, hookKey, settings } = parts;
  const spec = objectAt(pod.spec);
  const guarded = new Set(listeners.map(({ port }) => port));
  const moved = new Set(listeners.flatMap(({ names }) => names));
  const probes: ProbeToMake[] = [];
  const unusable: string[] = [];
  const guard = (container: JsonObject): JsonObject => {
    const rewritten = rewriteProbes(container, guarded, moved, hookKey);
    probes.push(...rewritten.probes);
    unusable.push(...rewritten.unusable);
    return withoutMovedNames(rewritten.container, listeners);
  };
  const containers = mapObjects(spec.containers, guard);
  // Kubernetes probes nothing that ends before the app starts.
  const starting = mapObjects(spec.initContainers, (container) =>
    isNativeSidecar(container) ? guard(container) : container,
  );
  const withSidecars: JsonObject = {
    ...withMember(spec, 'containers', containers),
    initContainers: [
      ...ownContainers({ ...parts, probes, profiles: ownProfiles(spec) }),
      ...listAt(starting),
    ],
    volumes: [...listAt(spec.volumes), ...ownVolumes(parts.capture !== 'None', listeners)],
  };
  const raised = withMember(withSidecars, 'resources', raisedResources(spec, ownResources(parts)));
  const made = {
    ...pod,
    metadata: guardedMetadata(pod, parts),
    spec: withPullSecrets(raised, settings.imagePullSecrets),
  };
  return { pod: withWritten(made, parts.original ?? pod), unusable };
}

/** Adds the annotation of what the guarded pod does not show: see written.ts. */
function withWritten(made: JsonObject, original: JsonObject): JsonObject {
  const mark = writtenMark(original, restorePod(made) ?? original, objectAt(made.spec));
  if (Object.keys(mark).length === 0) return made;
  const metadata = objectAt(made.metadata);
  return { ...made, metadata: { ...metadata, annotations: { ...objectAt(metadata.annotations), ...mark } } };
}

/** Of the sidecars that there are. */
const ownResources = ({ capture, resources }: GuardParts): SidecarResources => ({
  ...resources,
  ...(capture !== 'Redirect' && { capture: {} }),
  ...(capture === 'None' && { envoy: {} }),
});

function guardedMetadata(pod: JsonObject, { listeners, settings }: GuardParts): JsonObject {
  const marks: JsonObject = {
    ...movedPortsMark(listeners),
    ...(listeners.length > 0 && {
      [CAPTURED_PORTS_ANNOTATION]: listeners.map(({ port }) => port).join(','),
    }),
    ...resourcesMark(objectAt(pod.spec)),
  };
  const metadata = objectAt(pod.metadata);
  const labels = { ...objectAt(metadata.labels), [INJECTED_LABEL]: settings.version };
  // Annotations of others do not say how our containers run.
  const kept = [...annotationsOfOwn(pod), ...OWN_MARKS].reduce<JsonObject>(
    (result, name) => withMember(result, name, undefined),
    objectAt(metadata.annotations),
  );
  const annotations = { ...kept, ...marks };
  const hasSome = Object.keys(annotations).length > 0 || metadata.annotations !== undefined;
  return { ...metadata, labels, ...(hasSome && { annotations }) };
}

/** Which port had each name that Envoy has now. */
export function movedPortsMark(listeners: readonly Pick<PortListener, 'port' | 'names'>[]): JsonObject {
  const moved = listeners.flatMap(({ port, names }) => names.map((name) => `${name}=${port}`));
  return moved.length > 0 ? { [MOVED_PORTS_ANNOTATION]: moved.join(',') } : {};
}

/** The pod's own stay, also those that were put there before. */
function withPullSecrets(spec: JsonObject, names: readonly string[]): JsonObject {
  const there = objectsAt(spec.imagePullSecrets).map(({ name }) => name);
  const missing = names.filter((name) => !there.includes(name)).map((name) => ({ name }));
  if (missing.length === 0) return spec;
  return { ...spec, imagePullSecrets: [...listAt(spec.imagePullSecrets), ...missing] };
}
