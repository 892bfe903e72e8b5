/** What the policy server asks of those who know: which pods live, and what each is to enforce. */

import type { PolicyUpdate } from '../../policy/policy.ts';

/** Whose policy is asked for. */
export interface Reader {
  /** namespace/name. */
  readonly pod: string;
  /** namespace/name of the Gateway whose routes are meant; undefined = what is meant for the pod itself. */
  readonly gateway: string | undefined;
}

export type Entry =
  /** Without bindings, too: then every request is refused as host_unbound. */
  | { readonly kind: 'policy'; readonly update: PolicyUpdate }
  /**
   * The pod is known, and no binding guards it. A validator that has a policy from before is sent an empty one,
   * and one that has none goes on waiting.
   */
  | { readonly kind: 'unbound' }
  /** Nothing can be said of this one, or not yet, as of a Gateway that nobody has asked for before. */
  | { readonly kind: 'unknown' }
  /** Its policy is being compiled for the first time: whoever asks is told of it in a moment. */
  | { readonly kind: 'behind' }
  /** Nothing can be said of any: the cluster has not been read as it is now. */
  | { readonly kind: 'notReady' };

/** Ids of those who may have another entry, or another life; whoever hears it compares. */
export interface BookChange {
  readonly pods: Iterable<string>;
  readonly gateways: Iterable<string>;
}

export interface PolicyBook {
  /** The UID of the pod of that name; undefined where there is none, and where its containers are over. */
  livePod(pod: string): string | undefined;
  policyOf(reader: Reader): Entry;
  /**
   * Pods that come, go or get another policy; and those with a source whose keys were checked, where it had been so
   * long before that it matters (see `haveKeysMoved`). The answer ends it.
   */
  onChange(listener: (change: BookChange) => void): () => void;
}
