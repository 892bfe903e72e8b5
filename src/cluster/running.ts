/** Whether the app of a pod runs, by what the kubelet says of its containers: nothing answers in a pod that never ran. */

import type { JsonObject } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import { OWN_CONTAINERS } from '../injection/layout.ts';
import { isNativeSidecar } from '../injection/ports.ts';
import type { Running } from './objects.ts';
import { conditionHolds, filledTextAt } from './read.ts';

/** Where nothing is said of containers, they run: only a pod without a node has none for certain. */
export function readRunning(spec: JsonObject, status: JsonObject): Running {
  if (filledTextAt(spec.nodeName) === undefined) return 'Never';
  const { containerStatuses } = status;
  if (objectsAt(containerStatuses).length === 0) return 'Now';
  const all = [
    ...objectsAt(containerStatuses),
    ...objectsAt(status.ephemeralContainerStatuses),
    ...ofAppSidecars(spec, status),
  ];
  if (all.some(({ state }) => objectAt(state).running !== undefined)) return 'Now';
  return all.some(hasRun) ? 'Before' : 'Never';
}

/** Before a pod's volumes are mounted it gets no sandbox, and no container starts; older kubelets do not say the former. */
export function isMounted({ conditions, initContainerStatuses, containerStatuses }: JsonObject): boolean {
  return (
    conditionHolds(conditions, 'PodReadyToStartContainers') ||
    [...objectsAt(initContainerStatuses), ...objectsAt(containerStatuses)].some(
      (container) => objectAt(container.state).running !== undefined || hasRun(container),
    )
  );
}

/** Other init containers come to an end before the app begins, and ours are not the app. */
function ofAppSidecars(spec: JsonObject, status: JsonObject): readonly JsonObject[] {
  const names = objectsAt(spec.initContainers)
    .filter(isNativeSidecar)
    .map(({ name }) => filledTextAt(name) ?? '')
    .filter((name) => !OWN_CONTAINERS.includes(name));
  if (names.length === 0) return [];
  return objectsAt(status.initContainerStatuses).filter(({ name }) =>
    names.includes(filledTextAt(name) ?? ''),
  );
}

/** A container that waits for its next start, as in CrashLoopBackOff, has its end before in `lastState`. */
function hasRun({ state, lastState, restartCount }: JsonObject): boolean {
  return (
    objectAt(state).terminated !== undefined ||
    objectAt(lastState).terminated !== undefined ||
    (typeof restartCount === 'number' && restartCount > 0)
  );
}
