/** What OpenShift's admission writes into a pod where nothing stands, by its security context constraint restricted-v2. */

import type { JsonObject } from '../../base/json.ts';
import { listAt, objectAt } from '../../base/members.ts';
import { mapObjects } from '../members.ts';
import { specOf } from './pods.ts';

export const FIRST_USER = 1_000_680_000;
export const LAST_USER = 1_000_689_999;
export const RANGE = { 'openshift.io/sa.scc.uid-range': '1000680000/10000' };

export function restrictedV2(pod: JsonObject): JsonObject {
  const spec = specOf(pod);
  const metadata = objectAt(pod.metadata);
  const annotations = {
    ...objectAt(metadata.annotations),
    'openshift.io/scc': 'restricted-v2',
    'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
    'security.openshift.io/validated-scc-subject-type': 'user',
  };
  return {
    ...pod,
    metadata: { ...metadata, annotations },
    spec: {
      ...spec,
      securityContext: {
        fsGroup: FIRST_USER,
        seLinuxOptions: { level: 's0:c26,c25' },
        seccompProfile: { type: 'RuntimeDefault' },
        ...objectAt(spec.securityContext),
      },
      containers: mapObjects(spec.containers, withContext) ?? [],
      ...(spec.initContainers !== undefined && {
        initContainers: mapObjects(spec.initContainers, withContext) ?? [],
      }),
    },
  };
}

function withContext(container: JsonObject): JsonObject {
  const written = objectAt(container.securityContext);
  const { drop, ...capabilities } = objectAt(written.capabilities);
  return {
    ...container,
    securityContext: {
      runAsUser: FIRST_USER,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      ...written,
      capabilities: { ...capabilities, drop: [...new Set([...listAt(drop), 'ALL'])] },
    },
  };
}
