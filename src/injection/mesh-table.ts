/**
 * The meshes whose proxy stands in the pod, or reaches into it: it takes the traffic that capture would take, or hands
 * requests to the app over loopback, past any capture. docs/injection.md has this table for people.
 */

import type { RefusalReason } from './refusals.ts';

/** A label or an annotation by which the mesh's own injector goes. */
interface Mark {
  readonly key: string;
  /** In small letters; any value at all where there are none. */
  readonly in: readonly string[];
  readonly out: readonly string[];
}

export interface Mesh {
  readonly name: string;
  readonly reason: Extract<RefusalReason, 'IstioSidecar' | 'IstioAmbient' | 'LinkerdSidecar' | 'MeshSidecar'>;
  /** Names of what its injector adds. */
  readonly containers: readonly string[];
  /** How their images end, without tag and digest. */
  readonly images: readonly string[];
  readonly marks: readonly Mark[];
  readonly namespaceMarks: readonly Mark[];
}

const mark = (key: string, inside: readonly string[], out: readonly string[] = []): Mark => ({
  key,
  in: inside,
  out,
});
const YES = ['true', 'yes', 'y', 'on', '1', 't'];
const NO = ['false', 'no', 'n', 'off', '0', 'f'];

const KUMA = mark('kuma.io/sidecar-injection', ['enabled', 'true'], ['disabled', 'false']);
const LINKERD = mark('linkerd.io/inject', ['enabled', 'ingress'], ['disabled']);
const AMBIENT = mark('istio.io/dataplane-mode', ['ambient'], ['none']);
const APP_MESH = mark('appmesh.k8s.aws/sidecarInjectorWebhook', ['enabled'], ['disabled']);
const OSM = mark('openservicemesh.io/sidecar-injection', ['enabled', ...YES], ['disabled', ...NO]);
const NGINX = mark('injector.nsm.nginx.com/auto-inject', ['enabled', 'true'], ['disabled', 'false']);

export const MESHES: readonly Mesh[] = [
  {
    name: 'Istio, with sidecars',
    reason: 'IstioSidecar',
    containers: ['istio-proxy', 'istio-init', 'istio-validation'],
    images: ['proxyv2'],
    marks: [
      mark('sidecar.istio.io/inject', ['true'], ['false']),
      mark('istio.io/rev', []),
      mark('sidecar.istio.io/status', []),
    ],
    namespaceMarks: [mark('istio-injection', ['enabled']), mark('istio.io/rev', [])],
  },
  {
    name: 'Istio, ambient',
    reason: 'IstioAmbient',
    containers: [],
    images: [],
    marks: [AMBIENT, mark('ambient.istio.io/redirection', ['enabled', 'pending'])],
    namespaceMarks: [AMBIENT],
  },
  {
    name: 'Linkerd',
    reason: 'LinkerdSidecar',
    containers: ['linkerd-proxy', 'linkerd-init', 'linkerd-network-validator'],
    images: ['linkerd/proxy'],
    marks: [LINKERD],
    namespaceMarks: [LINKERD],
  },
  {
    name: 'Consul',
    reason: 'MeshSidecar',
    containers: ['consul-dataplane', 'consul-connect-inject-init', 'consul-connect-envoy-sidecar'],
    images: ['consul-dataplane'],
    marks: [
      mark('consul.hashicorp.com/connect-inject', YES, NO),
      mark('consul.hashicorp.com/connect-inject-status', ['injected']),
    ],
    namespaceMarks: [],
  },
  {
    name: 'Kuma, Kong Mesh',
    reason: 'MeshSidecar',
    containers: ['kuma-sidecar', 'kuma-init', 'kuma-validation'],
    images: ['kuma-dp', 'kuma-init'],
    marks: [KUMA, mark('kuma.io/sidecar-injected', YES)],
    namespaceMarks: [KUMA],
  },
  {
    name: 'Dapr',
    reason: 'MeshSidecar',
    containers: ['daprd'],
    images: ['daprd'],
    marks: [mark('dapr.io/enabled', YES, NO), mark('dapr.io/sidecar-injected', YES)],
    namespaceMarks: [],
  },
  {
    name: 'Knative Serving',
    reason: 'MeshSidecar',
    containers: ['queue-proxy'],
    images: ['serving/cmd/queue'],
    marks: [mark('serving.knative.dev/revision', [])],
    namespaceMarks: [],
  },
  {
    name: 'AWS App Mesh',
    reason: 'MeshSidecar',
    containers: ['proxyinit'],
    images: ['aws-appmesh-envoy', 'aws-appmesh-proxy-route-manager'],
    marks: [APP_MESH],
    namespaceMarks: [APP_MESH],
  },
  {
    name: 'Open Service Mesh',
    reason: 'MeshSidecar',
    containers: ['osm-init'],
    images: ['openservicemesh/init'],
    marks: [OSM],
    namespaceMarks: [OSM],
  },
  {
    name: 'NGINX Service Mesh',
    reason: 'MeshSidecar',
    containers: ['nginx-mesh-sidecar', 'nginx-mesh-init'],
    images: ['nginx-mesh-sidecar', 'nginx-mesh-init'],
    marks: [NGINX],
    namespaceMarks: [NGINX],
  },
];
