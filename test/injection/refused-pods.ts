/** For each reason of refusal a pod as somebody might send it to an API server. */

import type { JsonObject } from '../../src/base/json.ts';
import type { RefusalReason } from '../../src/injection/refusals.ts';
import type { PodMembers } from './webhook-world.ts';

export const BASELINE = 'baseline';

const NAMED = { 'portcullis.dev/capture': 'NamedPort' };
const PORT = { name: 'http', containerPort: 8080 };
const app = (members: JsonObject): JsonObject => ({
  containers: [{ name: 'app', image: 'app', ports: [PORT], ...members }],
});
const sidecar = (name: string, members: JsonObject = {}): JsonObject => ({
  initContainers: [{ name, image: name, restartPolicy: 'Always', ...members }],
});

export interface RefusedPod extends PodMembers {
  readonly namespace?: string;
}

export const REFUSED_PODS: Readonly<Record<RefusalReason, RefusedPod>> = {
  HostNetwork: { spec: { hostNetwork: true } },
  Windows: { spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } },
  DnsUnusable: { spec: { dnsPolicy: 'Default' } },
  StaticPod: { annotations: { 'kubernetes.io/config.mirror': 'abc' } },
  IstioSidecar: { spec: sidecar('istio-proxy') },
  IstioAmbient: { labels: { 'istio.io/dataplane-mode': 'ambient' } },
  LinkerdSidecar: { spec: sidecar('linkerd-proxy') },
  MeshSidecar: { spec: sidecar('consul-dataplane') },
  NetAdminForbidden: { namespace: BASELINE },
  NameTaken: { spec: sidecar('portcullis-envoy') },
  ProcessesShared: { spec: { shareProcessNamespace: true } },
  PortTaken: { spec: app({ ports: [{ containerPort: 15_904 }] }) },
  TooManyPorts: {
    labels: { app: 'any' },
    spec: app({ ports: Array.from({ length: 46 }, (_, index) => ({ containerPort: 8000 + index })) }),
  },
  PortsUnknown: { labels: { app: 'any' }, spec: app({ ports: [] }) },
  PortIsTLS: { labels: { app: 'any' }, spec: app({ ports: [{ name: 'https', containerPort: 8443 }] }) },
  PortUnnamed: { annotations: NAMED, spec: app({ ports: [{ containerPort: 8080 }] }) },
  PortNameShared: {
    annotations: NAMED,
    spec: sidecar('more', { ports: [{ name: 'http', containerPort: 8081 }] }),
  },
  HostPort: { annotations: NAMED, spec: app({ ports: [{ ...PORT, hostPort: 8080 }] }) },
  NumericTargetPort: { annotations: NAMED, labels: { app: 'numbered' } },
  ProbeUnusable: {
    spec: app({ readinessProbe: { httpGet: { port: 8080, httpHeaders: [{ name: 'a', value: '日' }] } } }),
  },
  LabelUnknown: { labels: { 'portcullis.dev/inject': 'yes' } },
  CaptureUnknown: { annotations: { 'portcullis.dev/capture': 'Iptables' } },
  AnnotationUnknown: { annotations: { 'portcullis.dev/underscore-headers': 'Keep' } },
  QuantityInvalid: { annotations: { 'portcullis.dev/envoy-memory-limit': 'much' } },
  InjectionBroken: {
    labels: { 'portcullis.dev/injected': '0.0.1' },
    spec: app({
      livenessProbe: { httpGet: { port: 15_904, path: '/probe/app/liveness' } },
    }),
  },
};
