/** Shapes of things in a cluster that nothing guards. */

import { change, raw, service } from '../../cluster/testing/objects.ts';
import type { CoverageReason } from '../findings.ts';
import {
  app,
  asks,
  atGateway,
  bare,
  bound,
  closed,
  grown,
  HTTP,
  NAMED_PORT,
  namespace,
  of,
  onTrial,
  orders,
  ownValidatorAlone,
  route,
  routeBound,
  rules,
  type Shape,
  said,
} from './parts.ts';

/** What must be found, as `reason object`, all of it and nothing else. */
export const UNGUARDED: Readonly<
  Record<string, { readonly shape: Shape; readonly found: readonly `${CoverageReason} ${string}`[] }>
> = {
  'a Service with an HTTP port, and no binding': {
    shape: of(orders(), bare()),
    found: ['ServiceUnguarded Service shop/orders'],
  },
  'a Service whose only port says nothing': {
    shape: of(orders([{ port: 80, targetPort: 8080 }]), bare()),
    found: ['ServiceUnguarded Service shop/orders'],
  },
  'a Service that speaks HTTP in TLS': {
    shape: of(orders([{ name: 'https', port: 443, targetPort: 8443 }]), bare({ ports: { 1: 8443 } })),
    found: ['ServiceUnguarded Service shop/orders'],
  },
  'a headless Service that speaks gRPC by its appProtocol': {
    shape: of(
      orders([{ name: 'main', appProtocol: 'kubernetes.io/h2c', port: 9000 }]),
      bare({ ports: { main: 9000 } }),
    ),
    found: ['ServiceUnguarded Service shop/orders'],
  },
  'pods with inject "false" behind a Service that nobody targets': {
    shape: of(orders(), bare({ labels: { 'portcullis.dev/inject': 'false' } })),
    found: ['ServiceUnguarded Service shop/orders'],
  },
  'pods with inject "false" that a binding targets': {
    shape: of(orders(), bound(), app(), bare({ labels: { 'portcullis.dev/inject': 'false' } }, 'out')),
    found: ['PodOptedOut ApiBinding shop/orders'],
  },
  'pods of a Service that the binding does not choose': {
    shape: of(
      orders(),
      bound({ targetRefs: undefined as never, podSelector: { matchLabels: { track: 'stable' } } }),
      app({ labels: { track: 'stable' } }),
      bare({ labels: { track: 'canary' } }, 'canary'),
    ),
    found: ['ServiceUnguarded Service shop/orders'],
  },
  'pods that are older than their binding': {
    shape: of(orders(), bound(), bare(grown('orders', 'orders'))),
    found: ['PodWithoutValidator ApiBinding shop/orders'],
  },
  'pods in a namespace without injection': {
    shape: of(namespace({}), orders(), bound(), bare()),
    found: ['InjectionDisabled ApiBinding shop/orders'],
  },
  'a pod in the network of its node': {
    shape: of(orders(), bound(), bare({ spec: { hostNetwork: true } })),
    found: ['PodWithoutValidator ApiBinding shop/orders'],
  },
  'a port that the binding names later than the pod was made': {
    shape: of(orders(), bound({ ports: [{ port: 8080 }, { port: 8081 }] }), app({ captured: [8080] })),
    found: ['PortUncaptured ApiBinding shop/orders'],
  },
  'another HTTP port of a guarded pod, to which a Service leads': {
    shape: of(
      orders(),
      bound(),
      app({ ports: { http: 8080, admin: 8081 } }),
      service('shop/admin', 'orders', [{ name: 'http', port: 80, targetPort: 8081 }]),
    ),
    found: ['PortUnguarded Service shop/admin'],
  },
  'another HTTP port of a guarded pod, by its address alone': {
    shape: of(orders(), bound(), app({ ports: { http: 8080, 'http-admin': 8081 } })),
    found: ['PortUnguarded Pod shop/orders-1'],
  },
  'other ports of a guarded pod, of which nothing says HTTP': {
    shape: of(orders(), bound(), app({ ports: { http: 8080, metrics: 9090 } })),
    found: ['PortUnjudged Pod shop/orders-1'],
  },
  'a workload with an HTTP port, and no Service': {
    shape: of(bare(grown('jobs', 'jobs'), 'jobs-1'), bare(grown('jobs', 'jobs'), 'jobs-2')),
    found: ['PodUnguarded Deployment shop/jobs'],
  },
  'capture NamedPort with open bare ports': {
    shape: of(orders([{ ...HTTP, targetPort: 'http' }]), bound(), app(NAMED_PORT)),
    found: ['BypassPossible ApiBinding shop/orders'],
  },
  'capture None without an Envoy': {
    shape: of(orders(), bound(), app(ownValidatorAlone)),
    found: ['BypassPossible ApiBinding shop/orders'],
  },
  'mode Audit': {
    shape: of(orders(), bound({ mode: 'Audit' }), app()),
    found: ['ModeAudit ApiBinding shop/orders'],
  },
  'mode Trial where nothing else decides': {
    shape: of(orders(), onTrial(), app()),
    found: ['ModeTrial ApiBinding shop/orders'],
  },
  'a port that a Trial alone is for, beside a binding that decides at another': {
    shape: of(
      orders(),
      bound(),
      onTrial('stricter', { ports: [{ port: 8080 }, { port: 8081 }] }),
      app({ ports: { http: 8080, 'http-admin': 8081 } }),
    ),
    found: ['PortUnguarded Pod shop/orders-1'],
  },
  'pods that a Trial alone is for, beside others where a binding decides': {
    shape: of(
      orders(),
      bound({ targetRefs: undefined as never, podSelector: { matchLabels: { track: 'stable' } } }),
      onTrial('stricter'),
      app({ labels: { track: 'stable' } }),
      app({}, 'orders-2'),
    ),
    found: ['ModeTrial ApiBinding shop/stricter'],
  },
  'mode Disabled': {
    shape: of(orders(), bound({ mode: 'Disabled' }), app()),
    found: ['ModeDisabled ApiBinding shop/orders'],
  },
  'a last rule that lets anybody in': {
    shape: rules(
      { name: 'admin', match: { paths: [{ type: 'PathPrefix', value: '/admin' }] } },
      { authentication: 'None' },
    ),
    found: ['RuleOpen ApiBinding shop/orders'],
  },
  'a rule for every path that takes tokens, and those without one': {
    shape: rules({ match: { paths: [{ type: 'PathPrefix', value: '/' }] }, authentication: 'Optional' }),
    found: ['RuleOpen ApiBinding shop/orders'],
  },
  'a rule for a health check': {
    shape: rules({ match: { paths: [{ type: 'Exact', value: '/healthz' }] }, authentication: 'None' }),
    found: ['RulePublic ApiBinding shop/orders'],
  },
  'an HTTPRoute that nobody targets': {
    shape: of(orders(), bare(), route()),
    found: ['RouteUnbound HTTPRoute shop/web', 'ServiceUnguarded Service shop/orders'],
  },
  'a GRPCRoute to a port whose Service says nothing': {
    shape: of(
      orders([
        { name: 'a', port: 80, targetPort: 8080 },
        { name: 'b', port: 81, targetPort: 8081 },
      ]),
      bare({ ports: { 1: 8080 } }),
      route('GRPCRoute'),
    ),
    found: ['RouteUnbound GRPCRoute shop/web'],
  },
  'a route that no gateway has accepted, which leads nowhere': {
    shape: of(
      orders(),
      bare(),
      change(
        'HTTPRoute',
        'shop/web',
        raw('shop/web', { spec: { rules: [{ backendRefs: [{ name: 'orders', port: 80 }] }] } }),
      ),
    ),
    found: ['ServiceUnguarded Service shop/orders'],
  },
  'pods that wait for their binding with capture NamedPort, called by number': {
    shape: of(orders(), app({ ...NAMED_PORT, labels: { 'portcullis.dev/inject': 'true' } })),
    found: ['ServiceUnguarded Service shop/orders'],
  },
  'a bound route at a gateway that does not ask': {
    shape: atGateway(
      orders(),
      bare(),
      closed('closed', [{ from: [{ podSelector: {} }] }]),
      route(),
      routeBound(),
    ),
    found: ['FilterMissing ApiBinding shop/web'],
  },
  'a route without a binding at a gateway that does not ask': {
    shape: atGateway(orders(), bare(), route()),
    found: ['FilterMissing HTTPRoute shop/web', 'ServiceUnguarded Service shop/orders'],
  },
  'pods behind a gateway that asks, and open to everybody else': {
    shape: atGateway(asks, orders(), bare(), route(), routeBound()),
    found: ['BypassPossible ApiBinding shop/web'],
  },
  'a single rule of a route, and no validators at its gateway': {
    shape: of(orders(), bare(), route(), routeBound({ sectionName: 'all' })),
    found: [
      'RouteUnbound HTTPRoute shop/web',
      'SectionUnguarded ApiBinding shop/web',
      'ServiceUnguarded Service shop/orders',
    ],
  },
  'a bound route to a Service of another namespace': {
    shape: of(
      orders(),
      app(),
      route('HTTPRoute', [
        { name: 'orders', port: 80 },
        { namespace: 'other', name: 'far', port: 80 },
      ]),
      routeBound(),
    ),
    found: ['ForeignBackend ApiBinding shop/web'],
  },
  'what the operator alone can know': {
    shape: of(orders(), said('NeverAsked'), app()),
    found: ['NotGuarded ApiBinding shop/orders'],
  },
};
