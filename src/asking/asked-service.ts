/** Whether the Service that a gateway asks leads to its validators, at a port where they judge. */

import type { Backend } from '../cluster/route-parts.ts';
import { SHARED_PORTS } from '../gateways/service.ts';
import { selectorMatches } from '../resources/selectors.ts';
import type { AskingView } from './asked.ts';

/** Undefined where it does; else what is asked, as `asks Service infra/other, which …`. */
export function strangerAsked(
  { service: id, port }: Backend,
  protocol: 'grpc' | 'http',
  gateway: string,
  { store, gatewayPods }: AskingView,
): string | undefined {
  const service = store.get('Service', id);
  const selector = service?.selector;
  if (service === undefined || selector === undefined) {
    return `asks Service ${id}, which is not there, or chooses no pods`;
  }
  const leadsThere = gatewayPods(gateway).some((name) => {
    const pod = store.get('Pod', name);
    const isNear = pod?.metadata.namespace === service.metadata.namespace;
    return isNear && selectorMatches({ matchLabels: selector }, pod.labels);
  });
  if (!leadsThere) return `asks Service ${id}, which leads to no validator of Gateway ${gateway}`;
  const target = service.ports.find((one) => one.port === port)?.targetPort;
  // The port for probes answers 200 to anybody.
  if (target === protocol || target === SHARED_PORTS[protocol]) return undefined;
  return `asks port ${port ?? 'none'} of Service ${id}, where validators judge nothing over ${protocol} (port ${SHARED_PORTS[protocol]} does)`;
}
