/** The pod that a review is about, as far as it is known before it is stored. */

import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { objectAt, objectsAt } from '../../base/members.ts';
import type { Pod } from '../../cluster/objects.ts';
import { readPod } from '../../cluster/pod.ts';
import { filledTextAt } from '../../cluster/read.ts';
import { createSharing } from '../../cluster/sharing.ts';
import { INJECT_LABEL } from '../../injection/layout.ts';

export interface PodCandidate {
  readonly written: JsonObject;
  readonly pod: Pod;
  /** `Pod shop/orders-7d4b9-*`: the name is often made up later, and would be another at the next try. */
  readonly title: string;
  /** Undefined without the label. */
  readonly label: string | undefined;
  /** The object of its namespace that made it, and will try again. */
  readonly owner: OwnerReference | undefined;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Undefined for what is no pod. */
export function readCandidate(written: JsonObject | undefined, namespace: string): PodCandidate | undefined {
  if (written === undefined) return undefined;
  const metadata = objectAt(written.metadata);
  const prefix = filledTextAt(metadata.generateName);
  const name = prefix === undefined ? filledTextAt(metadata.name) : `${prefix}*`;
  if (name === undefined) return undefined;
  const pod = readPod({ ...written, metadata: { ...metadata, name, namespace } }, createSharing());
  if (pod === undefined || !isJsonObject(written.spec)) return undefined;
  const label = pod.labels[INJECT_LABEL];
  return { written, pod, title: `Pod ${namespace}/${name}`, label, owner: ownerOf(metadata, namespace) };
}

function ownerOf({ ownerReferences }: JsonObject, namespace: string): OwnerReference | undefined {
  const owner = objectsAt(ownerReferences).find(({ controller }) => controller === true);
  if (owner === undefined) return undefined;
  const [apiVersion, kind] = [filledTextAt(owner.apiVersion), filledTextAt(owner.kind)];
  const [name, uid] = [filledTextAt(owner.name), filledTextAt(owner.uid)];
  // That of a static pod's mirror is its Node, which is in no namespace.
  if (apiVersion === undefined || kind === undefined || kind === 'Node') return undefined;
  return name === undefined || uid === undefined ? undefined : { apiVersion, kind, namespace, name, uid };
}
