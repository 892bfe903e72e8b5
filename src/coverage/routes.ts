/** Routes that send requests to pods which no binding guards, and gateways that do not ask about all of a route. */

import { uncoveredRoutes } from '../asking/uncovered.ts';
import type { Pod, Route } from '../cluster/objects.ts';
import type { Backend } from '../cluster/route-parts.ts';
import { selectorMatches } from '../resources/selectors.ts';
import { few } from '../status/texts.ts';
import { type CoverageFinding, coverageFinding } from './findings.ts';
import { httpPorts, portAtPod } from './http-ports.ts';
import { calledBy, portState } from './judged.ts';
import type { OutsideView } from './view.ts';

/**
 * Of a route that no binding targets; one that is bound is judged by its binding.
 *
 * @param podsIn those that are there, of a namespace.
 */
export function judgeRoute(
  route: Route,
  podsIn: (namespace: string) => readonly Pod[],
  view: OutsideView,
): readonly CoverageFinding[] {
  const { kind, metadata, parents, listenerSets } = route;
  // What no gateway has accepted leads nowhere.
  if (parents.length + listenerSets.length === 0) return [];
  const open = route.backends.filter((backend) => isOpen(backend, podsIn, view));
  if (open.length === 0) return [];
  const object = { kind, namespace: metadata.namespace, name: metadata.name };
  const { store } = view.policies;
  const gateways = [...new Set(parents.map(({ gateway }) => gateway))];
  const isShared = gateways.some((gateway) => view.gatewayPods(gateway).length > 0);
  if (isShared) {
    // Validators refuse what is asked about and bound by nobody.
    const gaps = uncoveredRoutes([{ route }], { store, gatewayPods: view.gatewayPods });
    return gaps.map(({ place, why, remedy }) =>
      coverageFinding(
        'FilterMissing',
        object,
        `no binding targets it, and requests are not asked about: ${place}: ${why}`,
        remedy,
      ),
    );
  }
  const services = few(
    open.map(({ service }) => service),
    'Service',
    'Services',
  );
  const message = `sends requests to ${services}, whose pods no binding guards`;
  return [
    coverageFinding(
      'RouteUnbound',
      object,
      message,
      `target ${kind} ${metadata.name}, or that Service, by an ApiBinding`,
    ),
  ];
}

function isOpen(
  { service: id, port }: Backend,
  podsIn: (namespace: string) => readonly Pod[],
  { policies }: OutsideView,
): boolean {
  const service = policies.store.get('Service', id);
  const selector = service?.selector;
  if (service === undefined || selector === undefined) return false;
  const ports = port === undefined ? httpPorts(service) : service.ports.filter((one) => one.port === port);
  return podsIn(service.metadata.namespace).some(
    (pod) =>
      selectorMatches({ matchLabels: selector }, pod.labels) &&
      ports.some((one) => {
        const number = portAtPod(one, id, pod);
        return number !== undefined && portState(pod, number, policies, calledBy(one)) === 'open';
      }),
  );
}
