/** For each reason of refusal a pod that must be refused next to one that must not. */

import type { JsonObject } from '../../base/json.ts';
import type { RefusalReason } from '../refusals.ts';
import { labelled, MESH_CASES, mesh, nativeMesh, type RefusalCase } from './mesh-cases.ts';
import { annotated, captured, container, guard, guarded, pod, specOf, web } from './pods.ts';
import { PROCESS_CASES } from './process-cases.ts';
import { RESOLVING_CASES, SYSTEM_CASES } from './system-cases.ts';
import { TLS_CASES } from './tls-cases.ts';

const NAMED = captured('NamedPort');
const MOVED = annotated({
  'portcullis.dev/capture': 'None',
  'portcullis.dev/validator-http-port': '9101',
  'portcullis.dev/validator-grpc-port': '9102',
});
const twoPorts = (...names: readonly [string, string]): JsonObject => ({
  containers: [
    web({
      ports: [
        { name: names[0], containerPort: 8080 },
        { name: names[1], containerPort: 9090 },
      ],
    }),
  ],
});
const broken = (): JsonObject => {
  const value = guarded(pod({ containers: [web({ livenessProbe: { tcpSocket: { port: 8080 } } })] }));
  return { ...value, spec: { ...(pod({ containers: [container(value, 'web')] }).spec as JsonObject) } };
};

/** Each reason of the table, at least once. */
export const REFUSAL_CASES: Readonly<Record<RefusalReason, readonly RefusalCase[]>> = {
  HostNetwork: [
    { bad: pod({ hostNetwork: true }), good: pod({ hostNetwork: false }) },
    { bad: pod({ hostNetwork: true }, captured('None')), good: pod({}, captured('None')) },
  ],
  Windows: [
    { bad: pod({ os: { name: 'windows' } }), good: pod({ os: { name: 'linux' } }) },
    {
      bad: pod({ nodeSelector: { 'kubernetes.io/os': 'windows' } }),
      good: pod({ nodeSelector: { 'kubernetes.io/os': 'linux' } }),
    },
    {
      bad: pod({ securityContext: { windowsOptions: { runAsUserName: 'me' } } }),
      good: pod({ securityContext: { windowsOptions: {} } }),
    },
    ...SYSTEM_CASES,
  ],
  DnsUnusable: RESOLVING_CASES,
  StaticPod: [
    {
      bad: pod({}, annotated({ 'kubernetes.io/config.mirror': 'abc' })),
      good: pod({}, annotated({ 'kubernetes.io/config.source': 'api' })),
    },
  ],
  ...MESH_CASES,
  NetAdminForbidden: ['baseline', 'restricted'].map((level) => ({
    bad: pod(),
    badRest: labelled({ 'pod-security.kubernetes.io/enforce': level }),
    good: pod({}, NAMED),
    goodRest: labelled({ 'pod-security.kubernetes.io/enforce': level }),
  })),
  NameTaken: [
    { bad: mesh('portcullis-envoy'), good: mesh('envoy') },
    { bad: nativeMesh('portcullis-validator'), good: nativeMesh('validator') },
    {
      bad: pod({ volumes: [{ name: 'portcullis-state', emptyDir: {} }] }),
      good: pod({ volumes: [{ name: 'state', emptyDir: {} }] }),
    },
    {
      bad: pod({ containers: [web({ volumeMounts: [{ name: 'portcullis-state', mountPath: '/a' }] })] }),
      good: pod({ containers: [web({ volumeMounts: [{ name: 'state', mountPath: '/a' }] })] }),
    },
    {
      // Ours may be there already, and the app must still not mount what is ours.
      bad: guardedAnd({ volumeMounts: [{ name: 'portcullis-token', mountPath: '/a' }] }),
      good: pod(),
    },
  ],
  ProcessesShared: PROCESS_CASES,
  PortTaken: [
    {
      bad: pod({ containers: [web({ ports: [{ containerPort: 15_903 }] })] }),
      good: pod({ containers: [web({ ports: [{ containerPort: 15_902 }] })] }),
    },
    {
      bad: pod({ containers: [web({ ports: [{ containerPort: 15_950 }] })] }),
      good: pod({ containers: [web({ ports: [{ containerPort: 15_951 }] })] }),
    },
    { bad: pod(), badRest: { guards: [guard(15_906)] }, good: pod(), goodRest: { guards: [guard(15_902)] } },
    {
      bad: pod({ containers: [web({ ports: [{ containerPort: 9001 }] })] }, captured('None')),
      good: pod({ containers: [web({ ports: [{ containerPort: 9001 }] })] }),
    },
    {
      bad: pod({ containers: [web({ ports: [{ containerPort: 9101 }] })] }, MOVED),
      good: pod({ containers: [web({ ports: [{ containerPort: 9001 }, { containerPort: 9002 }] })] }, MOVED),
    },
  ],
  TooManyPorts: [
    {
      bad: pod(),
      badRest: { guards: [guard(...Array.from({ length: 46 }, (_, index) => 1000 + index))] },
      good: pod(),
      goodRest: { guards: [guard(...Array.from({ length: 45 }, (_, index) => 1000 + index))] },
    },
  ],
  PortsUnknown: [
    {
      bad: pod({ containers: [{ name: 'web' }] }, { labels: { 'portcullis.dev/inject': 'true' } }),
      badRest: { guards: [] },
      good: pod({ containers: [{ name: 'web' }] }),
      goodRest: { guards: [guard(8080)] },
    },
    {
      bad: pod({ containers: [web({ ports: [{ containerPort: 53, protocol: 'UDP' }] })] }),
      badRest: { guards: [guard()] },
      good: pod({ containers: [web({ ports: [{ containerPort: 53, protocol: 'TCP' }] })] }),
      goodRest: { guards: [guard()] },
    },
  ],
  PortIsTLS: TLS_CASES,
  PortUnnamed: [
    { bad: pod({ containers: [web({ ports: [{ containerPort: 8080 }] })] }, NAMED), good: pod({}, NAMED) },
    { bad: pod({}, NAMED), badRest: { guards: [guard(8080, 9090)] }, good: pod({}, NAMED) },
    {
      bad: pod({ containers: [web({ ports: [{ containerPort: 8080 }] })] }, NAMED),
      badRest: { guards: [guard()] },
      good: pod({}, NAMED),
      goodRest: { guards: [guard()] },
    },
  ],
  PortNameShared: [
    {
      bad: pod({ containers: [web(), { name: 'b', ports: [{ name: 'http', containerPort: 9090 }] }] }, NAMED),
      good: pod(
        { containers: [web(), { name: 'b', ports: [{ name: 'http2', containerPort: 9090 }] }] },
        NAMED,
      ),
    },
  ],
  HostPort: [
    {
      bad: pod(
        { containers: [web({ ports: [{ name: 'http', containerPort: 8080, hostPort: 80 }] })] },
        NAMED,
      ),
      good: pod({ containers: [web({ ports: [{ name: 'http', containerPort: 8080, hostPort: 80 }] })] }),
    },
  ],
  NumericTargetPort: [
    {
      bad: pod(twoPorts('http', 'grpc'), NAMED),
      badRest: {
        guards: [
          {
            ...guard(8080),
            problem: { reason: 'NumericTargetPort', message: 'Service shop/orders targets 8080' },
          },
        ],
      },
      good: pod(twoPorts('http', 'grpc')),
      goodRest: {
        guards: [{ ...guard(8080), problem: { reason: 'NumericTargetPort', message: 'of another pod' } }],
      },
    },
  ],
  ProbeUnusable: [
    {
      bad: probed({ port: 8080, httpHeaders: [{ name: 'a', value: '\u65e5' }] }),
      good: probed({ port: 8081, httpHeaders: [{ name: 'a', value: '\u65e5' }] }),
    },
    { bad: probed({ port: 8080, scheme: 'FTP' }), good: probed({ port: 8080, scheme: 'HTTP' }) },
    {
      bad: probed({ port: 8080, httpHeaders: [{ name: 'a b', value: '' }] }),
      good: probed({ port: 8080, httpHeaders: [{ name: 'a' }] }),
    },
  ],
  LabelUnknown: [
    {
      bad: pod({}, { labels: { 'portcullis.dev/inject': 'yes' } }),
      good: pod({}, { labels: { 'portcullis.dev/inject': 'true' } }),
    },
    { bad: pod({}, { labels: { 'portcullis.dev/inject': '' } }), badRest: { guards: [] }, good: pod() },
  ],
  CaptureUnknown: [
    { bad: pod({}, captured('none')), good: pod({}, captured('None')) },
    {
      bad: pod(),
      badRest: { namespace: { labels: {}, annotations: { 'portcullis.dev/capture': '' } } },
      good: pod({}, captured('Redirect')),
      goodRest: { namespace: { labels: {}, annotations: { 'portcullis.dev/capture': '' } } },
    },
  ],
  AnnotationUnknown: [
    {
      bad: pod({}, annotated({ 'portcullis.dev/underscore-headers': 'drop' })),
      good: pod({}, annotated({ 'portcullis.dev/underscore-headers': 'Drop' })),
    },
    {
      bad: pod({}, annotated({ 'portcullis.dev/underscore-headers': '' })),
      good: pod({}, annotated({ 'portcullis.dev/underscore-headers': 'Allow' })),
    },
  ],
  QuantityInvalid: [
    {
      bad: pod({}, annotated({ 'portcullis.dev/envoy-memory-limit': '128MB' })),
      good: pod({}, annotated({ 'portcullis.dev/envoy-memory-limit': '128M' })),
    },
    {
      bad: pod(
        {},
        annotated({
          'portcullis.dev/validator-cpu-request': '1.5',
          'portcullis.dev/validator-cpu-limit': '1000m',
        }),
      ),
      good: pod(
        {},
        annotated({
          'portcullis.dev/validator-cpu-request': '1',
          'portcullis.dev/validator-cpu-limit': '1000m',
        }),
      ),
    },
  ],
  InjectionBroken: [{ bad: broken(), good: guarded(pod(), { guards: [guard(8080, 1)] }) }],
};

function probed(httpGet: JsonObject): JsonObject {
  return pod({ containers: [web({ readinessProbe: { httpGet } })] });
}

/** A guarded pod whose app container has been changed since. */
function guardedAnd(members: JsonObject): JsonObject {
  const value = guarded(pod());
  return { ...value, spec: { ...specOf(value), containers: [web(members)] } };
}
