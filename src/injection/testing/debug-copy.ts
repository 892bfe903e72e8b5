/** What `kubectl debug POD --copy-to=NAME` sends (kubectl 1.37): the pod as it is stored, with what its profile takes away. */

import type { JsonObject } from '../../base/json.ts';
import { listAt, objectAt, objectsAt } from '../../base/members.ts';
import { withMember } from '../members.ts';
import { specOf } from './pods.ts';
import { stored } from './stored.ts';

export interface DebugFlags {
  /** The debugging container has SYS_PTRACE with `general`, which is the default, and nothing of that with `restricted`. */
  readonly profile?: 'general' | 'restricted';
  /** Undefined: left out, and the profile shares them. */
  readonly shareProcesses?: boolean;
  readonly keepLabels?: boolean;
  readonly keepAnnotations?: boolean;
  readonly keepReadiness?: boolean;
  readonly keepInitContainers?: boolean;
}

const SECURITY = {
  general: { capabilities: { add: ['SYS_PTRACE'] } },
  restricted: {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
} as const;

export function debugCopy(
  running: JsonObject,
  {
    profile = 'general',
    shareProcesses,
    keepLabels,
    keepAnnotations,
    keepReadiness,
    keepInitContainers = true,
  }: DebugFlags = {},
): JsonObject {
  const { labels, annotations, namespace = 'shop' } = objectAt(running.metadata);
  const { nodeName: _, ephemeralContainers: __, ...spec } = specOf(stored(running));
  const probeless = objectsAt(spec.containers).map(
    ({ readinessProbe, livenessProbe: _, startupProbe: __, ...container }): JsonObject =>
      keepReadiness && readinessProbe !== undefined ? { ...container, readinessProbe } : container,
  );
  const debugger_: JsonObject = {
    name: 'debugger-x7k2p',
    image: 'busybox',
    stdin: true,
    tty: true,
    terminationMessagePolicy: 'File',
    securityContext: SECURITY[profile],
  };
  const containers = [...probeless, debugger_];
  return stored({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'orders-debug',
      namespace,
      ...(keepLabels && labels !== undefined && { labels }),
      ...(keepAnnotations && annotations !== undefined && { annotations }),
    },
    spec: {
      ...withMember(spec, 'initContainers', keepInitContainers ? listAt(spec.initContainers) : undefined),
      containers,
      shareProcessNamespace: shareProcesses ?? true,
    },
  });
}
