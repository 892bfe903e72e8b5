/** A Gateway, its validators and one route, and where requests of the route go around the check. */

import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { ObjectChange, Route, RouteKind } from '../../cluster/objects.ts';
import { createStore } from '../../cluster/store.ts';
import { change, pod, raw } from '../../cluster/testing/objects.ts';
import { type Uncovered, uncoveredRoutes } from '../uncovered.ts';

export const ENVOY_GATEWAY = 'gateway.envoyproxy.io/gatewayclass-controller';
export const ISTIO = 'istio.io/gateway-controller';
export const GROUP = 'gateway.networking.k8s.io';

const SELECTOR = { 'app.kubernetes.io/component': 'gateway-portcullis-gateway' };
const PORTS = [
  { name: 'http', port: 9001, targetPort: 'http' },
  { name: 'grpc', port: 9002, targetPort: 'grpc' },
  { name: 'probes', port: 15_904, targetPort: 'probes' },
];

export const askedService = (id: string, labels: JsonObject = SELECTOR, ports: JsonValue = PORTS) =>
  change('Service', id, raw(id, { spec: { selector: labels, ports } }));

export const gateway = (spec: JsonObject = {}, labels: JsonObject = {}): ObjectChange =>
  change(
    'Gateway',
    'infra/public',
    raw(
      'infra/public',
      {
        spec: {
          listeners: [
            { name: 'http', port: 80 },
            { name: 'https', port: 443, hostname: '*.example' },
          ],
          ...spec,
        },
      },
      { labels },
    ),
  );

export interface RouteOptions {
  readonly kind?: RouteKind;
  readonly rules?: readonly JsonObject[];
  readonly labels?: JsonObject;
  readonly hostnames?: readonly string[];
  readonly parents?: readonly JsonObject[];
  readonly controller?: string;
}

const PARENT = { namespace: 'infra', name: 'public' };

export function route(id = 'shop/web', options: RouteOptions = {}): ObjectChange {
  const { kind = 'HTTPRoute', parents = [PARENT], controller = ENVOY_GATEWAY } = options;
  return change(
    kind,
    id,
    raw(
      id,
      {
        spec: {
          hostnames: [...(options.hostnames ?? ['web.example'])],
          rules: [...(options.rules ?? [{ name: 'a' }, { name: 'b' }, {}])],
        },
        status: {
          parents: parents.map((parentRef) => ({
            parentRef,
            controllerName: controller,
            conditions: [{ type: 'Accepted', status: 'True' }],
          })),
        },
      },
      { labels: options.labels ?? {} },
    ),
  );
}

/** What the gateway's two validators, their Service and the route have besides, and what of it is another. */
export const uncovered = (...changes: readonly ObjectChange[]): readonly Uncovered[] =>
  uncoveredOfRule(undefined, changes);

/** Of a binding of this rule alone. */
export function uncoveredOfRule(
  section: string | undefined,
  changes: readonly ObjectChange[],
): readonly Uncovered[] {
  const store = createStore();
  const validators = ['portcullis-system/v-1', 'portcullis-system/v-2'];
  const all = [
    ...validators.map((id) => pod(id, { labels: SELECTOR, guarded: false })),
    askedService('portcullis-system/portcullis-gateway'),
    gateway(),
    route(),
    ...changes,
  ];
  for (const one of all) store.apply(one);
  const routes: Route[] = [...store.all('HTTPRoute').values(), ...store.all('GRPCRoute').values()];
  const targets = routes.map((route) => ({ route, ...(section !== undefined && { section }) }));
  return uncoveredRoutes(targets, {
    store,
    gatewayPods: (id) => (id === 'infra/public' ? validators : []),
  });
}

/** `HTTPRoute shop/web at Gateway infra/public: why`. */
export const uncoveredTexts = (...changes: readonly ObjectChange[]): readonly string[] =>
  uncovered(...changes).map(({ place, why }) => `${place}: ${why}`);
