/** What a new pod of a workload's template would get, asked of injection itself: nothing is restarted in vain. */

import { createHash } from 'node:crypto';
import type { JsonObject } from '../../base/json.ts';
import { objectAt } from '../../base/members.ts';
import type { Pod } from '../../cluster/objects.ts';
import { readPod } from '../../cluster/pod.ts';
import { createSharing } from '../../cluster/sharing.ts';
import { inject } from '../../injection/inject.ts';
import { isInjecting } from '../../injection/namespace.ts';
import { refusalsText } from '../../injection/refusals.ts';
import type { InjectionSettings } from '../../injection/request.ts';
import { spokenAs } from '../../injection/spoken.ts';
import { capturedPorts } from '../../status/standing.ts';
import { captureOf } from '../../targets/guards.ts';
import { readCandidate } from '../injection/candidate.ts';
import { allGuards, guardsOf } from '../injection/guards.ts';
import type { NamespaceSurroundings } from '../injection/surroundings.ts';
import type { WorkloadReference } from './wishes.ts';
import type { HeldReason } from './words.ts';

export type Prospect =
  /** Its stamp distinguishes it from the sidecars of other pods. */
  | { readonly kind: 'sidecars'; readonly stamp: string }
  | { readonly kind: 'held'; readonly reason: HeldReason; readonly detail?: string };

/** @param workload as the API server has it. */
export function prospectOf(
  of: WorkloadReference,
  workload: JsonObject,
  surroundings: NamespaceSurroundings,
  settings: InjectionSettings,
): Prospect {
  const { namespace } = surroundings;
  if (!isInjecting(namespace.labels)) return held('InjectionDisabled');
  const candidate = readCandidate(podOf(of, workload), of.namespace);
  if (candidate === undefined) return held('Unasked');
  const found = guardsOf(candidate.pod, surroundings);
  if (found.certain.length === 0) return held('Unasked');
  const guards = allGuards(found);
  // Whatever key its hooks get: only the pod's stamp is looked at.
  const injection = inject({ pod: candidate.written, namespace, guards, settings, hookKey: '' });
  switch (injection.kind) {
    case 'unasked':
      return held('Unasked');
    case 'unchanged':
      return held('Template');
    case 'refused':
      return { kind: 'held', reason: 'Refused', detail: refusalsText(injection.refusals) };
    case 'guarded': {
      const pod = readPod(injection.pod, createSharing());
      return pod === undefined ? held('Unasked') : { kind: 'sidecars', stamp: stampOf(pod) };
    }
  }
}

/** Version, capture and ports of a pod's sidecars: `1.0.0 Redirect 8080,9090`; and how others than HTTP are spoken. */
export function stampOf(pod: Pod): string {
  const { validator, version = '', ports, spoken } = pod.sidecars;
  if (!validator) return 'none';
  const others = ports
    .map((port, index) => `${port} ${spoken[index]}`)
    .filter((text) => !text.endsWith(HTTP))
    .sort();
  const how = others.length === 0 ? '' : ` ${digest(others)}`;
  return `${version} ${captureOf(pod)} ${[...capturedPorts(pod)].sort((a, b) => a - b).join(',')}${how}`;
}

const HTTP = ` ${spokenAs({ protocol: 'HTTP' })}`;

/**
 * What a stamp does not hold of sidecars, and the operator's settings decide: their images, the control plane's
 * address, and by the platform their users.
 */
export function makeOf({ image, envoyImage, controlPlane, platform }: InjectionSettings): string {
  return digest([image, envoyImage, controlPlane, ...(platform === 'Kubernetes' ? [] : [platform])]);
}

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);

const held = (reason: HeldReason): Prospect => ({ kind: 'held', reason });

/** As its controller would make it, but for the name: it says by its owner which workload it is of. */
function podOf({ kind, name }: WorkloadReference, workload: JsonObject): JsonObject {
  const template = objectAt(objectAt(workload.spec).template);
  const uid = objectAt(workload.metadata).uid ?? '';
  const owner = { apiVersion: 'apps/v1', kind, name, uid, controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...objectAt(template.metadata), name, ownerReferences: [owner] },
    spec: template.spec ?? {},
  };
}
