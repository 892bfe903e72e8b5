/** One look at a workload of a kind that is not followed, and that could not make a pod. */

import { objectAt, objectsAt } from '../../base/members.ts';
import type { OtherWorkloadKind, PodMaker } from '../../cluster/objects.ts';
import { createSharing } from '../../cluster/sharing.ts';
import { readPodMaker } from '../../cluster/workloads.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { type Outcome, ok } from '../../kubernetes/errors.ts';
import { RESOURCES } from '../resources.ts';

export interface LookedAt {
  readonly kind: OtherWorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Undefined where it is gone, or where a Deployment says the same of it in its own conditions. */
export async function lookAt(
  { kind, namespace, name, uid }: LookedAt,
  client: Pick<KubernetesClient, 'get'>,
  signal: AbortSignal,
): Promise<Outcome<PodMaker | undefined>> {
  const answer = await client.get(RESOURCES[kind], { namespace, name }, { signal });
  if (answer.kind === 'failed') return answer.error.kind === 'NotFound' ? ok(undefined) : answer;
  const { metadata } = answer.value;
  const owners = objectsAt(objectAt(metadata).ownerReferences);
  const isDeployment = owners.some(
    ({ kind: owner, controller }) => controller === true && owner === 'Deployment',
  );
  if (metadata.uid !== uid || isDeployment) return ok(undefined);
  return ok(readPodMaker(kind, answer.value, createSharing()));
}
