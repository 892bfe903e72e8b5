/** The ConfigMap with which a namespace's validators know the control plane: what should become of it. Pure. */

import { createHash } from 'node:crypto';
import { isJsonObject } from '../../base/json.ts';
import type { ApiObjectMeta, KubernetesObject } from '../../kubernetes/object.ts';
import { BUNDLE_KEY, OURS } from './names.ts';

/** What is kept of the ConfigMap of that name; there may be as many as namespaces. */
export interface SeenBundle {
  readonly metadata: Pick<ApiObjectMeta, 'name' | 'uid' | 'resourceVersion'> & { readonly namespace: string };
  /** The label says that the operator has made it, or taken it over. */
  readonly ours: boolean;
  /** Of its ca.crt; undefined without one. */
  readonly fingerprint: string | undefined;
  /** Cannot be changed, only made anew. */
  readonly frozen: boolean;
}

export interface SeenNamespace {
  readonly name: string;
  /** Injection is enabled there. */
  readonly enabled: boolean;
  readonly terminating: boolean;
}

export type BundleStep =
  | { readonly kind: 'keep' }
  /** Make it, or put in it what it lacks. */
  | { readonly kind: 'apply' }
  | { readonly kind: 'replace'; readonly seen: SeenBundle }
  | { readonly kind: 'remove'; readonly seen: SeenBundle };

/** @param home the control plane's own namespace, where it always is. */
export function decideBundle(
  namespace: SeenNamespace,
  seen: SeenBundle | undefined,
  bundle: string,
  home: string,
): BundleStep {
  // Nothing can be made there, and everything goes by itself.
  if (namespace.terminating) return { kind: 'keep' };
  if (!namespace.enabled && namespace.name !== home) {
    return seen?.ours ? { kind: 'remove', seen } : { kind: 'keep' };
  }
  if (seen === undefined) return { kind: 'apply' };
  if (seen.ours && seen.fingerprint === fingerprintOf(bundle)) return { kind: 'keep' };
  // Without the label the ConfigMap was edited, or is not the operator's: validators look there for it either way.
  return seen.frozen ? { kind: 'replace', seen } : { kind: 'apply' };
}

/** For the reflector. */
export function readBundle({
  metadata,
  data,
  binaryData,
  immutable,
}: KubernetesObject): SeenBundle | undefined {
  const { name, namespace, uid, resourceVersion, labels } = metadata;
  if (namespace === undefined) return undefined;
  const text = isJsonObject(data) ? data[BUNDLE_KEY] : undefined;
  return {
    metadata: { name, namespace, uid, resourceVersion },
    ours: Object.entries(OURS).every(([label, value]) => labels?.[label] === value),
    fingerprint: typeof text === 'string' ? fingerprintOf(text) : undefined,
    // The API server takes one key only once, in data or in binaryData.
    frozen: immutable === true || (isJsonObject(binaryData) && binaryData[BUNDLE_KEY] !== undefined),
  };
}

function fingerprintOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
