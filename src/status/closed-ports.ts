/** Whether NetworkPolicies close the way past a validator, for a pod whose capture leaves one open. */

import type { IngressPort, NetworkPolicy, Pod } from '../cluster/objects.ts';
import { selectorMatches } from '../resources/selectors.ts';

/**
 * @param ports the app's own, which Envoy alone is to reach.
 * @param callers who may be let in all the same: with a validator of its own, no pod; behind a gateway, the pods that a
 *   policy chooses, for those will be the gateway's.
 */
export function arePortsClosed(
  pod: Pod,
  ports: readonly number[],
  callers: 'Nobody' | 'Some',
  policies: Iterable<NetworkPolicy>,
): boolean {
  let isChosen = false;
  for (const { metadata, selector, ingress } of policies) {
    if (metadata.namespace !== pod.metadata.namespace || selector === undefined) continue;
    if (!selectorMatches(selector, pod.labels)) continue;
    isChosen = true;
    // They add up: what one lets in, no other keeps out.
    const isOpened = ingress.some(
      (rule) =>
        !(callers === 'Some' && rule.from === 'Some') &&
        ports.some((port) => rule.ports === undefined || rule.ports.some((one) => means(one, port, pod))),
    );
    if (isOpened) return false;
  }
  return isChosen;
}

/** A name that Envoy has taken over leads to Envoy, whose ports are not among the pod's own here. */
function means(of: IngressPort, port: number, pod: Pod): boolean {
  if ('first' in of) return of.first <= port && port <= of.last;
  return pod.ports.some((own) => own.name === of.name && own.port === port);
}
