/** Pods with ports that speak TLS, by their names or probes, next to those that do not, or are not guarded there. */

import type { JsonObject } from '../../base/json.ts';
import type { PodGuard } from '../request.ts';
import type { RefusalCase } from './mesh-cases.ts';
import { captured, guard, pod, web } from './pods.ts';

const saysTls: readonly PodGuard[] = [{ ...guard(), ports: [{ port: 8443, protocol: 'TLS' }] }];
const withPorts = (...names: readonly string[]): JsonObject => ({
  containers: [web({ ports: names.map((name, index) => ({ name, containerPort: 8443 + index })) })],
});
const probed = (httpGet: JsonObject): JsonObject =>
  pod({ containers: [web({ readinessProbe: { httpGet } })] });
const stopped = (scheme: string): JsonObject =>
  pod({ containers: [web({ lifecycle: { preStop: { httpGet: { port: 8080, scheme } } } })] });
const SIDE = { name: 'side', livenessProbe: { httpGet: { port: 8080, scheme: 'HTTPS' } } };
const ASKED = { labels: { 'portcullis.dev/inject': 'true' } };

export const TLS_CASES: readonly RefusalCase[] = [
  {
    bad: pod(),
    badRest: { guards: saysTls },
    good: pod({}, captured('None')),
    goodRest: { guards: saysTls },
  },
  // As long as its ports are not known, one that says TLS is shut beside others.
  {
    bad: pod(withPorts('https')),
    badRest: { guards: [guard()] },
    good: pod(withPorts('http', 'https')),
    goodRest: { guards: [guard()] },
  },
  {
    bad: pod(withPorts('https', 'wss'), ASKED),
    badRest: { guards: [] },
    good: pod(withPorts('https', 'wss')),
    goodRest: { guards: [guard(8443)] },
  },
  { bad: probed({ port: 8080, scheme: 'HTTPS' }), good: probed({ port: 8081, scheme: 'HTTPS' }) },
  {
    bad: probed({ port: 'http', scheme: 'HTTPS' }),
    good: probed({ port: 'http', scheme: 'HTTPS', host: '10.1.2.3' }),
  },
  { bad: stopped('HTTPS'), good: stopped('HTTP') },
  {
    bad: probed({ port: 8080, scheme: 'HTTPS' }),
    badRest: { guards: [{ ...guard(), ports: [{ port: 8080, protocol: 'H2C', isWritten: true }] }] },
    good: probed({ port: 8080, scheme: 'HTTPS' }),
    goodRest: { guards: [{ ...guard(), ports: [{ port: 8080, protocol: 'HTTPS', isWritten: true }] }] },
  },
  { bad: pod({ containers: [web(), SIDE] }), good: pod({ initContainers: [SIDE] }) },
];
