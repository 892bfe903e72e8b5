/** Pod and bindings in, guarded Pod or refusal out. */

import type { JsonObject, JsonValue } from '../matching/json.ts';
import { listAt, objectAt, objectsAt } from '../matching/members.ts';
import type { Labels } from '../resources/selectors.ts';
import { type CaptureMode, captureMode } from './capture-mode.ts';
import { ownContainers } from './containers.ts';
import { hookKeyOf, type Listener, type ProbeToMake } from './handover.ts';
import { CAPTURED_PORTS_ANNOTATION, INJECT_LABEL, INJECTED_LABEL, MOVED_PORTS_ANNOTATION } from './layout.ts';
import { mapObjects, withMember } from './members.ts';
import { obstacles } from './obstacles.ts';
import { declaredPorts, guardedPorts, isNativeSidecar, listenersOf, withoutMovedNames } from './ports.ts';
import { hasSidecars, presentListeners } from './present.ts';
import { rewriteProbes } from './probes.ts';
import { type Refusal, refusal } from './refusals.ts';
import type { Injection, InjectionRequest, InjectionSettings, PodGuard } from './request.ts';
import { type SidecarResources, sidecarResources } from './resources.ts';
import { restorePod } from './restore.ts';
import { isSettled } from './settled.ts';
import { ownVolumes } from './volumes.ts';

/**
 * The same answer for a pod as it was written and as it came out of here: a webhook may be called again, and with a
 * pod of an older version, or one that `portcullis inject` has made.
 */
export function inject(request: InjectionRequest): Injection {
  const { pod, namespace, settings, isFinal = false } = request;
  const { labels, annotations } = objectAt(pod.metadata);
  const label = objectAt(labels)[INJECT_LABEL];
  const guards = label === undefined ? guardsOrOwn(request) : request.guards;
  if (label === 'false' || guards === undefined) return { kind: 'unasked' };
  if (label !== undefined && label !== 'true')
    return refused([refusal('LabelUnknown', JSON.stringify(label))]);
  const restored = restorePod(pod);
  if (restored === undefined) return refused([refusal('InjectionBroken')]);
  const marks = texts(annotations);
  const capture = captureMode(marks, namespace.annotations);
  if (capture === undefined) return refused([refusal('CaptureUnknown')]);

  const declared = declaredPorts(objectAt(restored.spec));
  const guarded = guardedPorts(guards, declared, capture);
  const refusals: Refusal[] = [
    ...obstacles({ pod: restored, namespace, guards, capture, declared, guarded }),
  ];
  const resources = sidecarResources(marks, refusals);
  if (refusals.length > 0) return refused(refusals);

  const listeners = capture === 'None' ? [] : listenersOf(guarded, declared, capture);
  const hookKey = hookKeyOf(pod) ?? request.hookKey;
  const wanted = guardedPod(restored, { capture, listeners, hookKey, resources, settings });
  if (wanted.unusable.length > 0) {
    return refused(wanted.unusable.map((probe) => refusal('ProbeUnusable', probe)));
  }
  return isSettled(pod, wanted.pod, isFinal) ? { kind: 'unchanged' } : { kind: 'guarded', pod: wanted.pod };
}

/**
 * Whoever brings sidecars asks for them, even before a binding is known: else anything that is called so would stay, and
 * be taken for a guard when the binding comes. Until then they take the ports that they say. Undefined where nothing asks.
 */
function guardsOrOwn({ pod, guards }: InjectionRequest): readonly PodGuard[] | undefined {
  if (guards.length > 0) return guards;
  const spec = objectAt(pod.spec);
  if (!hasSidecars(spec)) return undefined;
  const ports = presentListeners(spec);
  return ports.length === 0 ? [] : [{ binding: '', ports, problem: undefined }];
}

const refused = (refusals: readonly Refusal[]): Injection => ({ kind: 'refused', refusals });

function texts(value: JsonValue | undefined): Labels {
  const members = Object.entries(objectAt(value));
  return Object.fromEntries(
    members.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  );
}

interface Parts {
  readonly capture: CaptureMode;
  readonly listeners: readonly Listener[];
  readonly hookKey: string;
  readonly resources: SidecarResources;
  readonly settings: InjectionSettings;
}

interface Guarded {
  readonly pod: JsonObject;
  /** Probes that the validator could not make. */
  readonly unusable: readonly string[];
}

function guardedPod(pod: JsonObject, parts: Parts): Guarded {
  const { listeners, hookKey, settings } = parts;
  const spec = objectAt(pod.spec);
  const guarded = new Set(listeners.map(({ port }) => port));
  const probes: ProbeToMake[] = [];
  const unusable: string[] = [];
  const guard = (container: JsonObject): JsonObject => {
    const rewritten = rewriteProbes(container, guarded, hookKey);
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
    initContainers: [...ownContainers({ ...parts, probes }), ...listAt(starting)],
    volumes: [...listAt(spec.volumes), ...ownVolumes(parts.capture !== 'None')],
  };
  const metadata = guardedMetadata(objectAt(pod.metadata), parts);
  return {
    pod: { ...pod, metadata, spec: withPullSecrets(withSidecars, settings.imagePullSecrets) },
    unusable,
  };
}

function guardedMetadata(metadata: JsonObject, { listeners, settings }: Parts): JsonObject {
  const moved = listeners.flatMap(({ port, names }) => names.map((name) => `${name}=${port}`));
  const marks: JsonObject = {
    ...(moved.length > 0 && { [MOVED_PORTS_ANNOTATION]: moved.join(',') }),
    ...(listeners.length > 0 && {
      [CAPTURED_PORTS_ANNOTATION]: listeners.map(({ port }) => port).join(','),
    }),
  };
  const labels = { ...objectAt(metadata.labels), [INJECTED_LABEL]: settings.version };
  return {
    ...metadata,
    labels,
    ...(Object.keys(marks).length > 0 && { annotations: { ...objectAt(metadata.annotations), ...marks } }),
  };
}

/** The pod's own stay, also those that were put there before. */
function withPullSecrets(spec: JsonObject, names: readonly string[]): JsonObject {
  const there = objectsAt(spec.imagePullSecrets).map(({ name }) => name);
  const missing = names.filter((name) => !there.includes(name)).map((name) => ({ name }));
  if (missing.length === 0) return spec;
  return { ...spec, imagePullSecrets: [...listAt(spec.imagePullSecrets), ...missing] };
}
