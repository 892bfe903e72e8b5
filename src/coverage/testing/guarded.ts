/** Shapes of things in a cluster that are guarded, or are no APIs: nothing must be said of them. */

import { change, pod, raw, service } from '../../cluster/testing/objects.ts';
import {
  app,
  asks,
  atGateway,
  bare,
  bound,
  closed,
  gateway,
  HTTP,
  NAMED_PORT,
  OWN_LABELS,
  of,
  onTrial,
  orders,
  route,
  routeBound,
  rules,
  type Shape,
  said,
} from './parts.ts';

/** In which nothing must be found. */
export const GUARDED: Readonly<Record<string, Shape>> = {
  'a Service, its binding and pods with sidecars': of(orders(), bound(), app()),
  'a workload that is bound in place of its Service': of(
    orders(),
    bound({ targetRefs: undefined as never, podSelector: { matchLabels: { app: 'orders' } } }),
    app(),
  ),
  'pods that refuse all until they are bound': of(
    orders(),
    app({ labels: { 'portcullis.dev/inject': 'true' } }),
  ),
  'pods that wait for their binding with capture NamedPort, called by name': of(
    orders([{ ...HTTP, targetPort: 'http' }]),
    app({ ...NAMED_PORT, labels: { 'portcullis.dev/inject': 'true' } }),
  ),
  'a Service without pods': of(orders()),
  'a Service whose pods have come to their end': of(orders(), bare({ phase: 'Succeeded' })),
  'a Service that chooses no pods': of(
    change('Service', 'shop/far', raw('shop/far', { spec: { ports: [HTTP] } })),
    change(
      'Service',
      'shop/name',
      raw('shop/name', { spec: { type: 'ExternalName', externalName: 'x.example' } }),
    ),
    bare({ ports: { 1: 8080 } }),
  ),
  'a database, by the name of its port': of(
    orders([{ name: 'postgres', port: 5432, targetPort: 5432 }]),
    bare({ ports: { postgres: 5432 } }),
  ),
  'a database, by the number of its only port': of(
    orders([{ port: 6379, targetPort: 6379 }]),
    bare({ ports: { 1: 6379 } }),
  ),
  'a Service of several ports that say nothing': of(
    orders([
      { name: 'a', port: 1, targetPort: 1 },
      { name: 'b', port: 2, targetPort: 2 },
    ]),
    bare({ ports: { 1: 1, 2: 2 } }),
  ),
  'a Service of what is TLS and nothing more': of(
    orders([{ name: 'tls', port: 443, targetPort: 8443 }]),
    bare({ ports: { 1: 8443 } }),
  ),
  'a worker that declares no HTTP port': of(bare({ ports: {} }), bare({ ports: { 1: 4000 } }, 'worker')),
  'capture NamedPort with closed bare ports': of(
    orders([{ ...HTTP, targetPort: 'http' }]),
    bound(),
    app(NAMED_PORT),
    closed(),
  ),
  'rules that need a token, whatever else they say': rules(
    { match: { paths: [{ type: 'PathPrefix', value: '/a' }] }, authentication: 'Deny' },
    {
      match: { paths: [{ type: 'PathPrefix', value: '/b' }] },
      authentication: 'Optional',
      require: { roles: { anyOf: ['x'] } },
    },
    { match: { paths: [{ type: 'PathPrefix', value: '/' }] } },
    { authentication: 'None' },
  ),
  'mode Trial beside a binding that decides': of(orders(), bound(), onTrial('stricter'), app()),
  'a route whose Service is bound': of(orders(), bound(), app(), route()),
  'a bound route, by sidecars of its pods': of(orders(), app(), route(), routeBound()),
  'a bound route at a gateway that asks, before pods that admit it alone': atGateway(
    asks,
    orders(),
    bare(),
    closed('closed', [{ from: [{ podSelector: {} }] }]),
    route(),
    routeBound(),
  ),
  'the proxies of a Gateway': of(
    ...gateway,
    service('infra/envoy', 'envoy'),
    pod('infra/envoy-1', {
      guarded: false,
      labels: { app: 'envoy', 'gateway.networking.k8s.io/gateway-name': 'public' },
    }),
  ),
  'Portcullis itself': of(
    service('portcullis-system/portcullis-webhook', 'operator', [
      { name: 'https', port: 443, targetPort: 9443 },
    ]),
    pod('portcullis-system/operator-1', {
      guarded: false,
      labels: { app: 'operator', ...OWN_LABELS },
    }),
  ),
  'what Kubernetes itself runs': of(
    service('kube-system/metrics-server', 'metrics', [{ name: 'https', port: 443, targetPort: 10_250 }]),
    pod('kube-system/metrics-1', { guarded: false, labels: { app: 'metrics' }, ports: { https: 10_250 } }),
  ),
  'a workload whose pods are refused': of(orders(), said('PodsRefused'), app()),
};
