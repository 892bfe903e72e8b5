import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { objectsAt } from '../base/members.ts';
import { readPodSettings } from '../validator/pod/settings.ts';
import { inject } from './inject.ts';
import {
  captured,
  container,
  guard,
  guarded,
  HOOK_KEY,
  pod,
  request,
  variable,
  web,
} from './testing/pods.ts';

const own = (kind: string, name = 'web') => ({
  httpGet: { path: `/probe/${name}/${kind}`, port: 15_904, scheme: 'HTTP' },
});
/** The kubelet shows the pod's key with a hook. */
const ownHook = (kind: string) => ({
  httpGet: { ...own(kind).httpGet, httpHeaders: [{ name: 'x-portcullis-hook', value: HOOK_KEY }] },
});
const TARGETS = 'PORTCULLIS_PROBE_TARGETS';

const app = web({
  ports: [
    { name: 'http', containerPort: 8080 },
    { name: 'admin', containerPort: 9000 },
  ],
  startupProbe: { tcpSocket: { port: 'http' }, failureThreshold: 30 },
  readinessProbe: {
    httpGet: {
      path: '/ready?a=$(HOME)$$',
      port: 'http',
      scheme: 'HTTP',
      httpHeaders: [{ name: 'X-Probe', value: 'yes' }],
    },
    periodSeconds: 3,
    timeoutSeconds: 4,
  },
  livenessProbe: { grpc: { port: 8080, service: 'live' } },
  lifecycle: { postStart: { httpGet: { port: 8080 } }, preStop: { httpGet: { path: '/bye', port: '8080' } } },
});

describe('probes of guarded ports', () => {
  const value = guarded(pod({ containers: [app] }));

  it('go by way of the validator, as often as before', () => {
    expect(container(value, 'web')).toMatchObject({
      startupProbe: { ...own('startup'), failureThreshold: 30 },
      readinessProbe: { ...own('readiness'), periodSeconds: 3, timeoutSeconds: 4 },
      livenessProbe: own('liveness'),
      lifecycle: { postStart: ownHook('postStart'), preStop: ownHook('preStop') },
    });
    expect(container(value, 'web').startupProbe).toEqual({ ...own('startup'), failureThreshold: 30 });
    expect(container(value, 'web').startupProbe).not.toHaveProperty('tcpSocket');
    expect(container(value, 'web').livenessProbe).not.toHaveProperty('grpc');
  });

  it('are told to the validator with numbers for ports, and time for hooks', () => {
    expect(variable(value, TARGETS)).toEqual({
      web: {
        startup: { tcpSocket: { port: 8080 } },
        readiness: {
          httpGet: {
            path: '/ready?a=$(HOME)$$',
            port: 8080,
            scheme: 'HTTP',
            httpHeaders: [{ name: 'X-Probe', value: 'yes' }],
          },
          timeoutSeconds: 4,
        },
        liveness: { grpc: { port: 8080, service: 'live' } },
        postStart: { httpGet: { port: 8080 }, timeoutSeconds: 3600 },
        preStop: { httpGet: { path: '/bye', port: 8080 }, timeoutSeconds: 3600 },
      },
    });
  });

  it('are understood by the validator, and not expanded by Kubernetes', () => {
    const { env } = container(value, 'portcullis-validator');
    const environment = Object.fromEntries(
      objectsAt(env).map(({ name, value: text }) => [name, typeof text === 'string' ? text : '10.0.0.1']),
    );
    const { envoy, probes, hookKey } = readPodSettings(environment);
    expect(hookKey).toBe(HOOK_KEY);
    expect(envoy?.settings.listeners).toHaveLength(1);
    expect([...probes.keys()]).toHaveLength(5);
    expect(environment[TARGETS]).not.toContain('$');
  });

  it('are those of native sidecars, too', () => {
    const sidecar = { name: 'cache', restartPolicy: 'Always', livenessProbe: { tcpSocket: { port: 8080 } } };
    expect(container(guarded(pod({ initContainers: [sidecar] })), 'cache').livenessProbe).toEqual(
      own('liveness', 'cache'),
    );
  });

  it('keep their path with capture NamedPort, where the name is gone', () => {
    const moved = guarded(pod({ containers: [app] }, captured('NamedPort')));
    expect(container(moved, 'web').startupProbe).toMatchObject(own('startup'));
  });
});

describe('a name of a probe’s port', () => {
  const ports = [
    { name: 'h3', containerPort: 8080, protocol: 'UDP' },
    { name: 'http', containerPort: 8080 },
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
  ];
  const probed = (port: string, rest: JsonObject = {}) =>
    web({ ports, readinessProbe: { httpGet: { port, ...rest } } });

  it('may be that of a UDP port: its number counts', () => {
    const value = guarded(pod({ containers: [probed('h3')] }));
    expect(container(value, 'web').readinessProbe).toEqual(own('readiness'));
    expect(variable(value, TARGETS)).toEqual({ web: { readiness: { httpGet: { port: 8080 } } } });
    expect(container(guarded(pod({ containers: [probed('dns')] })), 'web')).toEqual(probed('dns'));
  });

  it('is a number where another host is asked, and Envoy has the name', () => {
    const host = 'status.example';
    const written = pod({ containers: [probed('http', { host })] }, captured('NamedPort'));
    const value = guarded(written);
    expect(container(value, 'web').readinessProbe).toEqual({ httpGet: { port: 8080, host } });
    expect(inject(request(value)).kind).toBe('unchanged');
    const asWritten = guarded(pod({ containers: [probed('http', { host })] }));
    expect(container(asWritten, 'web')).toEqual(probed('http', { host }));
  });

  it('is a number in hooks that call another host, too', () => {
    const preStop = { httpGet: { port: 'http', host: 'registry.example' } };
    const value = guarded(
      pod({ containers: [web({ ports, lifecycle: { preStop } })] }, captured('NamedPort')),
    );
    expect(container(value, 'web').lifecycle).toEqual({
      preStop: { httpGet: { port: 8080, host: 'registry.example' } },
    });
  });
});

describe('probes that stay as they are', () => {
  const probes: readonly (readonly [string, JsonObject])[] = [
    ['a command', { readinessProbe: { exec: { command: ['true'] } } }],
    ['another port', { readinessProbe: { httpGet: { port: 9000 } } }],
    ['another port, by name', { readinessProbe: { tcpSocket: { port: 'admin' } } }],
    ['another host', { readinessProbe: { httpGet: { port: 8080, host: '10.1.2.3' } } }],
    ['a name that the container does not have', { readinessProbe: { httpGet: { port: 'web' } } }],
    ['a hook that sleeps', { lifecycle: { preStop: { sleep: { seconds: 3 } } } }],
    ['a hook that runs a command', { lifecycle: { preStop: { exec: { command: ['true'] } } } }],
    ['a hook that nobody looks at', { lifecycle: { preStop: { tcpSocket: { port: 8080 } } } }],
  ];

  it.each(probes)('%s', (_, members) => {
    const written = web({ ports: app.ports ?? [], ...members });
    const value = guarded(pod({ containers: [written] }), { guards: [guard(8080)] });
    expect(container(value, 'web')).toEqual(written);
    expect(variable(value, TARGETS)).toBeNull();
  });
});
