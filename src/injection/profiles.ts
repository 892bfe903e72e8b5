/** How AppArmor and SELinux confine our containers: as the node does by default, whatever a pod says for all of its own. */

import type { JsonObject } from '../base/json.ts';
import { objectAt } from '../base/members.ts';

/** Of their security context; nothing where the pod says nothing, or the same. */
export function ownProfiles({ securityContext }: JsonObject): JsonObject {
  const { appArmorProfile, seLinuxOptions } = objectAt(securityContext);
  return { ...appArmor(objectAt(appArmorProfile)), ...seLinux(objectAt(seLinuxOptions)) };
}

/** Only where the pod names one: a node without AppArmor starts no container that asks for a profile. */
function appArmor({ type = 'RuntimeDefault' }: JsonObject): JsonObject {
  return type === 'RuntimeDefault' ? {} : { appArmorProfile: { type: 'RuntimeDefault' } };
}

const USUAL_TYPE = 'container_t';

/** The level keeps pods apart, and their containers together: it is the pod's. */
function seLinux({ level, type = USUAL_TYPE, ...others }: JsonObject): JsonObject {
  if (type === USUAL_TYPE && Object.keys(others).length === 0) return {};
  return { seLinuxOptions: { type: USUAL_TYPE, ...(level !== undefined && { level }) } };
}
