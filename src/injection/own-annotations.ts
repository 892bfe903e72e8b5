/** Annotations of a pod that the node takes for settings of one of our containers: profiles of AppArmor and seccomp, devices, mounts. */

import { isJsonObject, type JsonObject } from '../matching/json.ts';
import { objectAt } from '../matching/members.ts';
import { OWN_CONTAINERS } from './layout.ts';
import { textAt } from './members.ts';

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
  const inherited = podProfile(objectAt(pod.spec));
  return Object.entries(objectAt(annotations)).flatMap(([name, value]) =>
    OF_CONTAINER.test(name) && !(name.startsWith(APP_ARMOR) && value === inherited) ? [name] : [],
  );
}

/** An API server writes the profile of the whole pod on each of its containers. */
function podProfile({ securityContext }: JsonObject): string | undefined {
  const { appArmorProfile } = objectAt(securityContext);
  if (!isJsonObject(appArmorProfile)) return undefined;
  switch (appArmorProfile.type) {
    case 'RuntimeDefault':
      return 'runtime/default';
    case 'Unconfined':
      return 'unconfined';
    case 'Localhost':
      return `localhost/${textAt(appArmorProfile.localhostProfile)}`;
    default:
      return undefined;
  }
}
