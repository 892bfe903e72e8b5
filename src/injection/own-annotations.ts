/** Annotations of a pod that the node takes for settings of one of our containers: profiles of AppArmor and seccomp, devices, mounts. */

import type { JsonObject, JsonValue } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import { OWN_CONTAINERS } from './layout.ts';

/**
 * `container.apparmor.security.beta.kubernetes.io/portcullis-envoy`, `mounts.nri.io/container.portcullis-envoy`: of the
 * domains that kubelets and container runtimes heed. Those of others may keep an agent away from our containers.
 */
const OF_CONTAINER = new RegExp(
  `^(?:[^/]*\\.)?(?:kubernetes\\.io|k8s\\.io|cri-o\\.io|nri\\.io|containerd\\.io)/(?:[^/]*\\.)?(?:${OWN_CONTAINERS.join('|')})$`,
);
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';

/** Names of those that decide how our containers run. */
export function annotationsOfOwn(pod: JsonObject): readonly string[] {
  const { annotations } = objectAt(pod.metadata);
  const { appArmorProfile } = objectAt(objectAt(pod.spec).securityContext);
  return Object.entries(objectAt(annotations)).flatMap(([name, value]) =>
    OF_CONTAINER.test(name) && !(isWritten(name, value) && appArmorProfile !== undefined) ? [name] : [],
  );
}

/** Where a pod has a profile for all of its containers, an API server writes on each which one it has. */
const isWritten = (name: string, value: JsonValue): boolean =>
  name.startsWith(APP_ARMOR) && value === 'runtime/default';
