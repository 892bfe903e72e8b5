/** A copy of a guarded pod without its labels or annotations, as `kubectl debug --copy-to` makes it. */

import type { JsonObject } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import { USUAL_CHECK_PORTS } from './check-ports.ts';
import { movedPortsMark } from './guarded-pod.ts';
import {
  CAPTURE_ANNOTATION,
  CAPTURE_CONTAINER,
  CAPTURED_PORTS_ANNOTATION,
  ENVOY_CONTAINER,
  FORWARDED_FOR_ANNOTATION,
  GRPC_PORT_ANNOTATION,
  HTTP_PORT_ANNOTATION,
  INJECTED_LABEL,
  UNDERSCORES_ANNOTATION,
  VALIDATOR_CONTAINER,
} from './layout.ts';
import { named, textAt } from './members.ts';
import { loweredMark } from './pod-resources.ts';
import { isNativeSidecar } from './ports.ts';
import { presentCheckPorts, presentChoices, presentControlPlane, presentListeners } from './present.ts';
import { presentCapture, presentNamedListeners } from './present-differences.ts';
import { sidecarResources } from './resources.ts';

/**
 * The pod with the marks that its sidecars tell of, so that it is guarded as the one that it was copied from; the pod
 * itself where it has all of ours, or no validator of ours. It gains nothing by that: the author of a pod may write the
 * marks, and sidecars are made anew by them.
 */
export function withMarksOfSidecars(pod: JsonObject, version: string): JsonObject {
  const spec = objectAt(pod.spec);
  const metadata = objectAt(pod.metadata);
  const labels = objectAt(metadata.labels);
  const annotations = objectAt(metadata.annotations);
  if (!hasOurValidator(spec) || hasMarks(spec, labels, annotations)) return pod;
  return {
    ...pod,
    metadata: {
      ...metadata,
      labels: { ...labels, [INJECTED_LABEL]: version },
      // What the copy says itself comes first.
      annotations: { ...marksOf(spec), ...annotations },
    },
  };
}

/** Which ports are captured stands on every pod that has some. */
const hasMarks = (spec: JsonObject, labels: JsonObject, annotations: JsonObject): boolean =>
  Object.hasOwn(labels, INJECTED_LABEL) &&
  (Object.hasOwn(annotations, CAPTURED_PORTS_ANNOTATION) || presentListeners(spec).length === 0);

function hasOurValidator(spec: JsonObject): boolean {
  const validator = named(spec.initContainers, VALIDATOR_CONTAINER);
  return validator !== undefined && isNativeSidecar(validator) && presentControlPlane(spec) !== undefined;
}

function marksOf(spec: JsonObject): JsonObject {
  const { underscoreHeaders, forwardedFor } = presentChoices(spec);
  const { http, grpc } = presentCheckPorts(spec);
  return {
    [CAPTURE_ANNOTATION]: presentCapture(spec),
    ...movedPortsMark(presentNamedListeners(spec)),
    ...(underscoreHeaders !== 'Drop' && { [UNDERSCORES_ANNOTATION]: underscoreHeaders }),
    ...(forwardedFor !== 'Append' && { [FORWARDED_FOR_ANNOTATION]: forwardedFor }),
    ...(http !== USUAL_CHECK_PORTS.http && { [HTTP_PORT_ANNOTATION]: `${http}` }),
    ...(grpc !== USUAL_CHECK_PORTS.grpc && { [GRPC_PORT_ANNOTATION]: `${grpc}` }),
    ...quantitiesOf(spec),
    ...loweredMark(spec, presentQuantities(spec)),
  };
}

/** Nothing of those that are not there. */
function presentQuantities({ initContainers }: JsonObject) {
  const of = (name: string): JsonObject => objectAt(named(initContainers, name)?.resources);
  return {
    capture: of(CAPTURE_CONTAINER),
    validator: of(VALIDATOR_CONTAINER),
    envoy: of(ENVOY_CONTAINER),
  } as const;
}

/** Where they are not the usual ones. */
function quantitiesOf(spec: JsonObject): JsonObject {
  const usual = sidecarResources({}, []);
  const present = presentQuantities(spec);
  const marks = (['capture', 'validator', 'envoy'] as const).flatMap((sidecar) =>
    (['requests', 'limits'] as const).flatMap((member) =>
      (['cpu', 'memory'] as const).flatMap((resource) => {
        const text = textAt(objectAt(present[sidecar][member])[resource]);
        if (text === '' || text === objectAt(usual[sidecar][member])[resource]) return [];
        return [[`portcullis.dev/${sidecar}-${resource}-${member.slice(0, -1)}`, text] as const];
      }),
    ),
  );
  return Object.fromEntries(marks);
}
