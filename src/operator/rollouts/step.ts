/** One look at a workload that is to be restarted, and the restart where nothing speaks against it: all is read live. */

import { objectAt } from '../../base/members.ts';
import type { Pod } from '../../cluster/objects.ts';
import { readPod } from '../../cluster/pod.ts';
import { createSharing } from '../../cluster/sharing.ts';
import type { InjectionSettings } from '../../injection/request.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesError } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { isOfOtherMake } from '../../status/standing.ts';
import type { ReadNamespace } from '../injection/surroundings.ts';
import { RESOURCES } from '../resources.ts';
import { makeOf, prospectOf, stampOf } from './template.ts';
import type { PodReference, Wish, WorkloadReference } from './wishes.ts';
import type { HeldReason, RestartState } from './words.ts';
import { workloadState } from './workload.ts';

export interface StepParts {
  readonly client: Pick<KubernetesClient, 'get' | 'list' | 'patch'>;
  readonly reading: ReadNamespace;
  readonly settings: InjectionSettings;
  /** Name of the MutatingWebhookConfiguration that injects. */
  readonly webhookConfiguration: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Asked right before the restart. */
  readonly mayWrite: () => boolean;
  /** The stamp that the workload with this uid was restarted for; empty where it was not. */
  readonly restartedFor: (uid: string) => string;
  readonly signal: AbortSignal;
}

export type RolloutStep =
  /** There is no such workload, or none of these pods any more. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'stands'; readonly state: RestartState }
  /** For new pods with sidecars of this stamp. */
  | { readonly kind: 'restarted'; readonly uid: string; readonly stamp: string }
  | { readonly kind: 'failed'; readonly error: KubernetesError };

/** What `kubectl rollout restart` writes. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
/** The stamp of the sidecars: with it nothing is restarted twice for the same reason, even by the next leader. */
const RESTARTED_FOR = 'portcullis.dev/restarted-for';
/** Pods that are looked at: one that is still there is enough. */
const PODS_READ = 5;

export async function step({ workload: reference, pods }: Wish, parts: StepParts): Promise<RolloutStep> {
  const { client, settings, signal } = parts;
  const answer = await client.get(RESOURCES[reference.kind], reference, { signal });
  if (answer.kind === 'failed') return refusedBy(answer.error);
  const workload = answer.value;
  const state = workloadState(reference.kind, workload);
  if (state.kind === 'busy' || state.kind === 'held') return { kind: 'stands', state };
  const missing = await webhookMissing(parts);
  if (missing !== undefined) return missing;
  const surroundings = await parts.reading(reference.namespace);
  if (surroundings.kind === 'failed') return surroundings;
  const prospect = prospectOf(reference, workload, surroundings.value, settings);
  if (prospect.kind === 'held') return { kind: 'stands', state: prospect };
  const present = await readPods(pods, reference.namespace, parts);
  if ('error' in present) return present;
  if (present.length === 0) return { kind: 'gone' };
  const isSame = present.every((pod) => stampOf(pod) === prospect.stamp);
  if (isSame && !present.some((pod) => isOfOtherMake(pod, settings))) return held('Same');
  const stamp = isSame ? `${prospect.stamp} ${makeOf(settings)}` : prospect.stamp;
  const { uid } = workload.metadata;
  if (stampIn(workload) === stamp || parts.restartedFor(uid) === stamp) return held('InVain');
  return restart(reference, workload, stamp, parts);
}

const held = (reason: HeldReason, detail?: string): RolloutStep => ({
  kind: 'stands',
  state: { kind: 'held', reason, ...(detail !== undefined && { detail }) },
});

/** Others may say no as well: policies at admission. */
const RBAC = /cannot (?:get|patch) resource/;

function refusedBy(error: KubernetesError): RolloutStep {
  switch (error.kind) {
    case 'NotFound':
      return { kind: 'gone' };
    case 'Forbidden':
      return RBAC.test(error.message) ? held('Forbidden') : held('Denied', error.message);
    case 'Invalid':
      return held('Denied', error.message);
    default:
      return { kind: 'failed', error };
  }
}

/** In namespaced mode the operator may not be permitted to read it: then it may still exist. */
async function webhookMissing({
  client,
  webhookConfiguration,
  signal,
}: StepParts): Promise<RolloutStep | undefined> {
  const answer = await client.get(
    RESOURCES.MutatingWebhookConfiguration,
    { name: webhookConfiguration },
    { signal },
  );
  if (answer.kind === 'ok' || answer.error.kind === 'Forbidden') return undefined;
  return answer.error.kind === 'NotFound' ? held('WebhookMissing') : answer;
}

/** Of those that are there still: a cache may not know yet that they are being renewed. */
async function readPods(
  pods: readonly PodReference[],
  namespace: string,
  { client, settings, signal }: StepParts,
): Promise<readonly Pod[] | Extract<RolloutStep, { kind: 'failed' }>> {
  const present: Pod[] = [];
  for (const { name, uid } of pods.slice(0, PODS_READ)) {
    const fieldSelector = `metadata.name=${name}`;
    const answer = await client.list(RESOURCES.Pod, { namespace, fieldSelector }, { signal });
    if (answer.kind === 'failed') return answer;
    for (const raw of answer.value.items) {
      const pod = raw.metadata.uid === uid ? readPod(raw, createSharing(), settings) : undefined;
      if (pod !== undefined && !pod.deleting) present.push(pod);
    }
  }
  return present;
}

function stampIn(workload: KubernetesObject): string | undefined {
  const { metadata } = objectAt(objectAt(workload.spec).template);
  const stamp = objectAt(objectAt(metadata).annotations)[RESTARTED_FOR];
  return typeof stamp === 'string' ? stamp : undefined;
}

/** Only if it is unchanged: another client may have paused it meanwhile. */
async function restart(
  reference: WorkloadReference,
  { metadata: { uid, resourceVersion } }: KubernetesObject,
  stamp: string,
  { client, now, mayWrite, signal }: StepParts,
): Promise<RolloutStep> {
  const annotations = {
    [RESTARTED_AT]: new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    [RESTARTED_FOR]: stamp,
  };
  const patch = { metadata: { uid, resourceVersion }, spec: { template: { metadata: { annotations } } } };
  if (!mayWrite()) return { kind: 'gone' };
  const answer = await client.patch(
    RESOURCES[reference.kind],
    reference,
    { type: 'merge', patch },
    { signal },
  );
  return answer.kind === 'ok' ? { kind: 'restarted', uid, stamp } : refusedBy(answer.error);
}
