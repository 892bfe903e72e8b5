/** Whether a pod's sidecars are those that this control plane makes, whichever ports they guard: by its containers alone. */

import type { JsonObject } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import type { CaptureMode } from './capture-mode.ts';
import { type Difference, ownDifferences } from './differences.ts';
import { guardedPod } from './guarded-pod.ts';
import { hookKeyOf, memoryForHeap, type PortListener } from './handover.ts';
import { CAPTURE_CONTAINER, ENVOY_CONTAINER, INJECTED_LABEL, WRITTEN_ANNOTATION } from './layout.ts';
import { named, textAt, textMembers, withMember } from './members.ts';
import { portsOf } from './ports.ts';
import { hasSidecars, presentCheckPorts, presentChoices, presentHeap, presentListeners } from './present.ts';
import type { InjectionSettings } from './request.ts';
import { sidecarResources } from './resources.ts';
import { restorePod } from './restore.ts';
import { presentUsers, sidecarUsers } from './users.ts';

/**
 * For a pod that no webhook has looked at, as it is stored. None for one without sidecars. Labels and annotations are not
 * compared, for they can be changed while the pod runs.
 *
 * @param otherImages whether those of a mirror, or digests, will do.
 */
export function sidecarDifferences(
  pod: JsonObject,
  settings: InjectionSettings,
  otherImages = false,
): readonly Difference[] {
  const spec = objectAt(pod.spec);
  if (!hasSidecars(spec)) return [];
  const labelled = withLabel(pod, settings.version);
  const restored = restorePod(labelled);
  // What the probes were cannot be read from what the validator was given.
  if (restored === undefined) return [{ where: 'container portcullis-validator', field: 'env' }];
  const capture = presentCapture(spec);
  const resources = sidecarResources(textMembers(objectAt(pod.metadata).annotations), []);
  const heap = presentHeap(spec);
  const wanted = guardedPod(restored, {
    capture,
    settings,
    choices: presentChoices(spec),
    checkPorts: presentCheckPorts(spec),
    listeners: capture === 'None' ? [] : presentNamedListeners(spec),
    hookKey: hookKeyOf(pod) ?? '',
    // The range of its namespace is not known here, and may have been another one.
    users: settings.platform === 'OpenShift' ? presentUsers(spec) : sidecarUsers(settings.platform, {}, spec),
    // How much there is decides nothing, and the annotations may say something else by now.
    resources: heap === undefined ? resources : { ...resources, envoyMemory: memoryForHeap(heap) },
  });
  const tolerance = { otherImages, otherProbes: capture === 'None', earlierContainers: true };
  return ownDifferences(spec, objectAt(wanted.pod.spec), tolerance);
}

function withLabel(pod: JsonObject, version: string): JsonObject {
  const metadata = objectAt(pod.metadata);
  const labels = { ...objectAt(metadata.labels), [INJECTED_LABEL]: version };
  const annotations = withMember(objectAt(metadata.annotations), WRITTEN_ANNOTATION, undefined);
  return { ...pod, metadata: { ...metadata, labels, annotations } };
}

/** By its containers. */
export function presentCapture({ initContainers }: JsonObject): CaptureMode {
  if (named(initContainers, CAPTURE_CONTAINER) !== undefined) return 'Redirect';
  return named(initContainers, ENVOY_CONTAINER) === undefined ? 'None' : 'NamedPort';
}

/** With the names that lead to Envoy. */
export function presentNamedListeners(spec: JsonObject): readonly PortListener[] {
  const envoy = objectsAt(spec.initContainers).find(({ name }) => textAt(name) === ENVOY_CONTAINER);
  const ports = envoy === undefined ? [] : portsOf(envoy);
  return presentListeners(spec).map((listener) => ({
    ...listener,
    names: ports.flatMap(({ port, name }) => (port === listener.listener && name !== '' ? [name] : [])),
  }));
}
