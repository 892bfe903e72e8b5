/** What is looked at from outside of the operator: a cluster's objects, without what validators and issuers tell it. */

import type { Policies } from '../planning/policies.ts';
import { type BindingFacts, gatherBindingFacts } from '../status/binding-facts.ts';

export interface OutsideView {
  readonly policies: Policies;
  /** Pods, namespace/name, of the validators of a gateway. */
  readonly gatewayPods: (gateway: string) => readonly string[];
  /** Only in this namespace; undefined = in all. */
  readonly namespace: string | undefined;
  /** Of Portcullis. */
  readonly version: string;
  /** Unix seconds. */
  readonly now: number;
}

/** As the operator gathers them. What it is told by validators is not known here, and is no reason for doubt. */
export function outsideFacts(id: string, view: OutsideView): BindingFacts | undefined {
  const { policies, gatewayPods, version, now } = view;
  return gatherBindingFacts(id, policies, {
    gatewayPods,
    wasAsked: () => undefined,
    reportOf: () => undefined,
    unmounted: () => undefined,
    restarts: () => [],
    // As the operator has written it.
    wouldDeny: (binding) => policies.store.get('ApiBinding', binding)?.status?.trial,
    nodesKnown: false,
    sourceProblem(source) {
      const conditions = policies.store.get('AuthenticationSource', source)?.status?.conditions ?? [];
      const ready = conditions.find(({ type }) => type === 'Ready');
      return ready?.status === 'False' ? ready.reason : undefined;
    },
    version,
    now,
  });
}

export const isLookedAt = (
  { namespace }: Pick<OutsideView, 'namespace'>,
  metadata: { readonly namespace: string },
): boolean => namespace === undefined || metadata.namespace === namespace;
