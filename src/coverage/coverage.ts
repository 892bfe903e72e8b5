/** What of a cluster nothing guards, by its objects alone. */

import type { Pod, Route } from '../cluster/objects.ts';
import { judgeBinding } from './bindings.ts';
import type { CoverageFinding } from './findings.ts';
import { isInfrastructure, isThere } from './judged.ts';
import { judgePods } from './pods.ts';
import { judgeRoute } from './routes.ts';
import { judgeService } from './services.ts';
import { isLookedAt, type OutsideView } from './view.ts';

export interface Coverage {
  /** By namespace, what is open before what is only noted. */
  readonly findings: readonly CoverageFinding[];
  /** What was looked at. */
  readonly seen: {
    readonly services: number;
    readonly routes: number;
    readonly pods: number;
    readonly bindings: number;
  };
  /** Namespaces that are passed over unless they are asked for by name: no webhook looks at them. */
  readonly leftOut: readonly string[];
}

const LEFT_OUT = ['kube-system', 'kube-public', 'kube-node-lease'];

export function findUnguarded(view: OutsideView): Coverage {
  const { store } = view.policies;
  const isSeen = ({ metadata }: { readonly metadata: { readonly namespace: string } }): boolean =>
    isLookedAt(view, metadata) && (view.namespace !== undefined || !LEFT_OUT.includes(metadata.namespace));
  const there = [...store.all('Pod').values()].filter(
    (pod) => isThere(pod) && !isInfrastructure(pod, view.policies),
  );
  const byNamespace = Map.groupBy(there, ({ metadata }) => metadata.namespace);
  const podsIn = (namespace: string): readonly Pod[] => byNamespace.get(namespace) ?? [];

  const services = [...store.all('Service').values()].filter(isSeen);
  const routes: readonly Route[] = [
    ...store.all('HTTPRoute').values(),
    ...store.all('GRPCRoute').values(),
  ].filter(isSeen);
  const bindings = [...store.all('ApiBinding').values()].filter(isSeen);
  const pods = there.filter(isSeen);
  const judgedServices = services.map((service) =>
    judgeService(service, podsIn(service.metadata.namespace), view),
  );
  const led = new Set(judgedServices.flatMap((one) => [...one.led]));
  const bound = boundRoutes(view);
  const findings = [
    ...judgedServices.flatMap((one) => one.findings),
    ...routes.filter((route) => !bound.has(route)).flatMap((route) => judgeRoute(route, podsIn, view)),
    ...[...Map.groupBy(pods, ({ metadata }) => metadata.namespace).values()].flatMap((some) =>
      judgePods(some, led, view),
    ),
    ...bindings.flatMap((binding) => judgeBinding(binding, view)),
  ];
  return {
    findings: findings.toSorted(inOrder),
    seen: { services: services.length, routes: routes.length, pods: pods.length, bindings: bindings.length },
    leftOut:
      view.namespace === undefined
        ? LEFT_OUT.filter(
            (name) => store.all('Namespace').has(name) || (byNamespace.get(name) ?? []).length > 0,
          )
        : [],
  };
}

/** As a whole. */
function boundRoutes({ policies: { store, targets } }: OutsideView): ReadonlySet<Route> {
  return new Set([...store.all('ApiBinding').keys()].flatMap((id) => targets.resolution(id)?.routes ?? []));
}

const keyOf = ({ namespace, severity, object, reason }: CoverageFinding): string =>
  [namespace, severity === 'open' ? 0 : 1, object, reason].join(' ');

const inOrder = (a: CoverageFinding, b: CoverageFinding): number => (keyOf(a) < keyOf(b) ? -1 : 1);
