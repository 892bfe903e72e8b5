/** Whether sidecars, and the control plane's own pods, run the version and the images that they should. */

import { objectAt, objectsAt } from '../../base/members.ts';
import type { Pod } from '../../cluster/objects.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { hasOtherImages } from '../../status/images.ts';
import { count, few } from '../../status/texts.ts';
import { workloadOf } from '../../targets/owners.ts';
import { bad, type CheckLine, doubtful, unseen, well } from './line.ts';
import type { OperatorSettings } from './operator.ts';

export interface SeenPod {
  readonly pod: Pod;
  /** Of its own containers' images: why one cannot be had. */
  readonly imageProblem: string | undefined;
}

const NO_IMAGE = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'];

/** Of containers whose name begins with `portcullis-`, or of all where it is a pod of the control plane. */
export function imageProblemOf({ status }: KubernetesObject, isOfControlPlane: boolean): string | undefined {
  const { containerStatuses, initContainerStatuses } = objectAt(status);
  for (const { name, image, state } of [
    ...objectsAt(initContainerStatuses),
    ...objectsAt(containerStatuses),
  ]) {
    const isOurs = isOfControlPlane || (typeof name === 'string' && name.startsWith('portcullis-'));
    const { reason } = objectAt(objectAt(state).waiting);
    if (isOurs && typeof reason === 'string' && NO_IMAGE.includes(reason))
      return `${String(image)}: ${reason}`;
  }
  return undefined;
}

export function checkImages(
  injected: Outcome<readonly SeenPod[]>,
  own: readonly { readonly name: string; readonly imageProblem: string | undefined }[],
): CheckLine {
  const what = 'Images';
  const lacking = [
    ...own.flatMap(({ name, imageProblem }) =>
      imageProblem === undefined ? [] : [`${name} (${imageProblem})`],
    ),
    ...(injected.kind === 'ok' ? injected.value : []).flatMap(({ pod, imageProblem }) =>
      imageProblem === undefined ? [] : [`${pod.metadata.namespace}/${pod.metadata.name} (${imageProblem})`],
    ),
  ];
  if (lacking.length > 0) {
    return bad(
      what,
      `${few(lacking, 'Pod', 'Pods')}: the image cannot be had`,
      'correct its name, or give the namespace the pull secret (imagePullSecrets, injection.imagePullSecrets)',
    );
  }
  if (injected.kind === 'failed') return unseen(what, 'list pods', undefined, injected.error);
  return well(what, 'every pod has its images, as far as its kubelet says');
}

export function checkSidecars(injected: Outcome<readonly SeenPod[]>, settings: OperatorSettings): CheckLine {
  const what = 'Sidecars';
  if (injected.kind === 'failed') return unseen(what, 'list pods', undefined, injected.error);
  const { version, image, envoyImage } = settings;
  const pods = injected.value.map(({ pod }) => pod).filter(({ deleting }) => !deleting);
  if (version === undefined)
    return { mark: 'unknown', what, said: "the operator's version is not known: see the line Operator" };
  const other = pods.filter(({ sidecars }) => sidecars.version !== version);
  if (other.length > 0) {
    const names = few(
      other.map((pod) => `${workloadName(pod)} (${pod.sidecars.version ?? 'unknown'})`).filter(isFirst),
    );
    return doubtful(
      what,
      `${other.length} of ${count(pods.length, 'pod')} with sidecars of another version than ${version}: ${names}`,
      'restart these workloads: kubectl rollout restart',
    );
  }
  if (image !== undefined && envoyImage !== undefined) {
    const others = pods.filter(({ sidecars }) => hasOtherImages(sidecars, { image, envoyImage }));
    if (others.length > 0) {
      const names = few(others.map(workloadName).filter(isFirst));
      return doubtful(
        what,
        `${others.length} of ${count(pods.length, 'pod')} with other images than the chart's: ${names}`,
        'restart these workloads: kubectl rollout restart',
      );
    }
  }
  return well(
    what,
    pods.length === 0 ? 'no pod has any' : `${count(pods.length, 'pod')} with those of version ${version}`,
  );
}

function workloadName(pod: Pod): string {
  const { namespace, name } = pod.metadata;
  const owner = workloadOf(pod);
  return owner === undefined ? `Pod ${namespace}/${name}` : `${owner.kind} ${namespace}/${owner.name}`;
}

const isFirst = (text: string, index: number, all: readonly string[]): boolean => all.indexOf(text) === index;
