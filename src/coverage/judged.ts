/** Whether what comes in at a port of a pod is judged, as far as bindings and sidecars say it. */

import type { Pod, ServicePort } from '../cluster/objects.ts';
import type { Policies } from '../planning/policies.ts';
import { capturedPorts } from '../status/standing.ts';
import { captureOf, isOver, shapingGuards } from '../targets/guards.ts';

/**
 * Bound: a binding guards the port; whether the pod has what that needs is another question. Refused: no binding does,
 * and sidecars refuse whatever comes. Open: neither.
 */
export type PortState = 'bound' | 'refused' | 'open';

/** @param by how it is called there. */
export function portState(
  pod: Pod,
  port: number,
  { targets, store }: Pick<Policies, 'targets' | 'store'>,
  by: 'Name' | 'Number' = 'Name',
): PortState {
  const { namespace, name } = pod.metadata;
  // What a Trial is for besides is not guarded by that.
  const guards = shapingGuards(targets.guards(`${namespace}/${name}`));
  if (guards.some(({ ports }) => ports.length === 0 || ports.some((one) => one.port === port)))
    return 'bound';
  const { validator, forged } = pod.sidecars;
  if (!validator || forged !== undefined || isOptedOut(pod)) return 'open';
  const capture = captureOf(pod, store.get('Namespace', namespace)?.marks);
  const isAsked = capture === 'None' ? pod.ownEnvoy : capturedPorts(pod).has(port);
  // Envoy has taken over the port's name, and not its number.
  const isPast = capture === 'NamedPort' && by === 'Number';
  return isAsked && !isPast ? 'refused' : 'open';
}

/** How a Service calls the port of a pod. */
export const calledBy = ({ targetPort }: Pick<ServicePort, 'targetPort'>): 'Name' | 'Number' =>
  typeof targetPort === 'number' ? 'Number' : 'Name';

export const isOptedOut = ({ marks }: Pod): boolean => marks['portcullis.dev/inject'] === 'false';

/** Its containers run, or will. */
export const isThere = (pod: Pod): boolean => !isOver(pod) && !(pod.deleting && pod.running !== 'Now');

/** As the Gateway API has its implementations label what they make for a Gateway; the last is Envoy Gateway's. */
const GATEWAY_LABELS = [
  'gateway.networking.k8s.io/gateway-name',
  'gateway.envoyproxy.io/owning-gateway-name',
];
const GATEWAY_NAMESPACE = 'gateway.envoyproxy.io/owning-gateway-namespace';

/** What is not looked at as an API: the proxies of a Gateway, whose routes are, and Portcullis itself. */
export function isInfrastructure({ labels, metadata }: Pod, { store }: Pick<Policies, 'store'>): boolean {
  if (
    labels['app.kubernetes.io/name'] === 'portcullis' &&
    labels['app.kubernetes.io/part-of'] === 'portcullis'
  )
    return true;
  const home = labels[GATEWAY_NAMESPACE] ?? metadata.namespace;
  return GATEWAY_LABELS.some((label) => {
    const name = labels[label];
    return name !== undefined && store.get('Gateway', `${home}/${name}`) !== undefined;
  });
}
