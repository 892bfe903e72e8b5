/** Compares the sidecars of a pod with those that injection makes: once for all pods that have the same ones. */

import { createHash } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';
import { listAt, objectAt } from '../base/members.ts';
import { type Difference, differencesText } from '../injection/differences.ts';
import { hookKeyOf } from '../injection/handover.ts';
import { annotationsOfOwn } from '../injection/own-annotations.ts';
import { hasSidecars } from '../injection/present.ts';
import type { InjectionSettings } from '../injection/request.ts';
import { sidecarChanges } from '../injection/sidecar-changes.ts';
import type { Labels } from '../resources/selectors.ts';
import { Shared, type Sharing } from './sharing.ts';
import type { Sidecars } from './sidecar-parts.ts';

type Changes = Pick<Sidecars, 'forged' | 'older'>;

const CHANGES = new Shared<Changes>();

export const UNCHANGED: Changes = { forged: undefined, older: undefined };

/** Tenants decide how many containers a pod has; a kubelet runs far fewer. */
const MOST_CONTAINERS = 1000;

/** @param marks of the pod. */
export function readChanges(
  pod: JsonObject,
  marks: Labels,
  settings: InjectionSettings,
  sharing: Sharing,
): Changes {
  const spec = objectAt(pod.spec);
  if (!hasSidecars(spec)) return UNCHANGED;
  const { containers, initContainers, ephemeralContainers } = spec;
  const all = [containers, initContainers, ephemeralContainers].flatMap(listAt);
  if (all.length > MOST_CONTAINERS) {
    return { ...UNCHANGED, forged: `more than ${MOST_CONTAINERS} containers` };
  }
  return sharing.same(CHANGES, likeness(pod, marks, settings), () => {
    const { forged, older } = sidecarChanges(pod, settings);
    return { forged: textOf(forged), older: textOf(older) };
  });
}

const textOf = (found: readonly Difference[]): string | undefined =>
  found.length === 0 ? undefined : differencesText(found);

/** The volume of the service account's token, and its mounts, have another name in each pod. */
const API_ACCESS = /"name":"kube-api-access-[a-z0-9]{5}"(?=,"(?:readOnly|mountPath|projected)":)/g;
/** No text of ours has this form but a random key. `portcullis inject` gives all pods of a workload the same key. */
const AT_RANDOM = /^(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])/;

/** Equal for pods whose comparison gives the same result: everything that is compared, without each pod's own key. */
function likeness(pod: JsonObject, marks: Labels, settings: InjectionSettings): string {
  const { containers, initContainers, ephemeralContainers, volumes, ...spec } = objectAt(pod.spec);
  const parts = [
    ...[settings, marks, annotationsOfOwn(pod)],
    ...[containers, initContainers, ephemeralContainers ?? null, volumes],
    ...[spec.securityContext, spec.hostNetwork, spec.hostPID, spec.shareProcessNamespace],
  ];
  const text = JSON.stringify(parts).replace(API_ACCESS, '\0a');
  const hookKey = hookKeyOf(pod) ?? '';
  // JSON has no such character, so that nothing else looks like the key.
  const alike = AT_RANDOM.test(hookKey) ? text.replaceAll(`"${hookKey}"`, '\0k') : text;
  return createHash('sha256').update(alike).digest('base64');
}
