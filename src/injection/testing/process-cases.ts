/** Pods that share processes with their sidecars: of which the validator's files could be read, next to the others. */

import type { JsonObject } from '../../base/json.ts';
import { pod, web } from './pods.ts';

const SHARED = { shareProcessNamespace: true };
const dropping = (context: JsonObject = {}): JsonObject =>
  web({ securityContext: { capabilities: { drop: ['ALL'] }, ...context } });

export const PROCESS_CASES: readonly { readonly bad: JsonObject; readonly good: JsonObject }[] = [
  { bad: pod(SHARED), good: pod() },
  { bad: pod({ hostPID: true }), good: pod({ ...SHARED, containers: [dropping()] }) },
  {
    bad: pod({ ...SHARED, containers: [dropping({ capabilities: { drop: ['ALL'], add: ['SETUID'] } })] }),
    good: pod({ ...SHARED, containers: [dropping({ capabilities: { drop: ['ALL'], add: ['KILL'] } })] }),
  },
  {
    bad: pod({ ...SHARED, containers: [dropping({ privileged: true })] }),
    good: pod({ ...SHARED, containers: [dropping({ privileged: false })] }),
  },
  // Also a program that starts as root from its file's mode.
  {
    bad: pod({ ...SHARED, securityContext: { runAsUser: 1000 } }),
    good: pod({
      ...SHARED,
      securityContext: { runAsUser: 1000 },
      containers: [web({ securityContext: { allowPrivilegeEscalation: false } })],
    }),
  },
  {
    bad: pod({ ...SHARED, containers: [dropping({ runAsUser: 64_903 })] }),
    good: pod({ ...SHARED, containers: [dropping({ runAsUser: 64_904 })] }),
  },
  {
    bad: pod({ ...SHARED, containers: [dropping()], initContainers: [{ name: 'first' }] }),
    good: pod({ containers: [dropping()], initContainers: [{ name: 'first' }] }),
  },
];
