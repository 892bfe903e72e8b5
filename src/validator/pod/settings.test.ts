import { describe, expect, it } from 'vitest';
import type { EnvoySettings, ProbeTargets } from '../../sidecar/settings.ts';
import { readPodSettings } from './settings.ts';

const envoy: EnvoySettings = {
  listeners: [
    { port: 8080, listener: 15906, protocol: 'HTTP' },
    { port: 9090, listener: 15907, protocol: 'H2C', appPort: 9091, appAddress: '::1' },
  ],
  admin: 15903,
  maxHeapBytes: 134_217_728,
};
const read = (settings: unknown) =>
  readPodSettings({
    PORTCULLIS_ENVOY_BOOTSTRAP: '/run/portcullis/envoy.json',
    PORTCULLIS_ENVOY_SETTINGS: JSON.stringify(settings),
  });
const readTargets = (targets: unknown, ip?: string) =>
  readPodSettings({ PORTCULLIS_PROBE_TARGETS: JSON.stringify(targets), PORTCULLIS_POD_IP: ip }).probes;

it('an environment that says nothing means nothing', () => {
  const nothing = { envoy: undefined, probes: new Map(), hookKey: undefined };
  expect(readPodSettings({})).toEqual(nothing);
  expect(readPodSettings({ PORTCULLIS_ENVOY_BOOTSTRAP: '', PORTCULLIS_PROBE_TARGETS: '' })).toEqual(nothing);
  expect(readPodSettings({ PORTCULLIS_HOOK_KEY: '' })).toEqual(nothing);
});

it.each(['k'.repeat(21), 'k'.repeat(65), `${'k'.repeat(30)} `])(
  'a key %j is refused, and not quoted',
  (key) => {
    expect(() => readPodSettings({ PORTCULLIS_HOOK_KEY: key })).toThrow(
      /^PORTCULLIS_HOOK_KEY must be 22 to 64 letters, digits, - and _\.$/,
    );
  },
);

describe('Envoy’s settings', () => {
  it('are read as they stand', () => {
    expect(read(envoy).envoy).toEqual({ file: '/run/portcullis/envoy.json', settings: envoy });
  });
  it.each<[string, unknown, string]>([
    ['no listener', { ...envoy, listeners: [] }, 'listeners is empty'],
    ['no limit', { listeners: envoy.listeners }, 'maxHeapBytes is missing'],
    ['a limit that is none', { ...envoy, maxHeapBytes: 1024 }, 'maxHeapBytes must be a number of bytes from'],
    ['a member of another format', { ...envoy, adminPort: 1 }, 'adminPort is not known'],
    [
      'another protocol',
      { ...envoy, listeners: [{ port: 1, listener: 2, protocol: 'TCP' }] },
      'listeners[0].protocol must be HTTP or H2C',
    ],
    [
      'another host',
      { ...envoy, listeners: [{ port: 1, listener: 2, protocol: 'HTTP', appAddress: '10.0.0.1' }] },
      'listeners[0].appAddress must be 127.0.0.1 or ::1',
    ],
    [
      'a port twice',
      { ...envoy, listeners: [...envoy.listeners, { port: 8080, listener: 15908, protocol: 'HTTP' }] },
      'the port 8080 is guarded twice',
    ],
    [
      'a listener twice',
      { ...envoy, listeners: [...envoy.listeners, { port: 8081, listener: 15906, protocol: 'HTTP' }] },
      'two listeners have the port 15906',
    ],
    ['the admin page on a listener', { ...envoy, admin: 15906 }, 'two listeners have the port 15906'],
  ])('with %s are refused', (_, settings, problem) => {
    expect(() => read(settings)).toThrow(`PORTCULLIS_ENVOY_SETTINGS: ${problem}`);
  });
  it.each<[string, Record<string, string>, string]>([
    ['no JSON', { PORTCULLIS_ENVOY_BOOTSTRAP: '/a', PORTCULLIS_ENVOY_SETTINGS: '{' }, 'is not JSON'],
    ['no settings', { PORTCULLIS_ENVOY_BOOTSTRAP: '/a' }, 'PORTCULLIS_ENVOY_SETTINGS is not: set both'],
    ['no file', { PORTCULLIS_ENVOY_SETTINGS: '{}' }, 'PORTCULLIS_ENVOY_BOOTSTRAP is not: set both'],
    [
      'a relative file',
      { PORTCULLIS_ENVOY_BOOTSTRAP: 'a', PORTCULLIS_ENVOY_SETTINGS: '{}' },
      'must be the absolute path of a file',
    ],
  ])('where there is %s are refused', (_, environment, problem) => {
    expect(() => readPodSettings(environment)).toThrow(problem);
  });
});

describe('probe targets', () => {
  it('are found by container and kind', () => {
    const targets: ProbeTargets = {
      app: {
        readiness: {
          httpGet: {
            path: '/ready?a=b',
            port: 8080,
            scheme: 'HTTPS',
            httpHeaders: [{ name: 'X-A', value: 'b' }],
          },
          timeoutSeconds: 3,
        },
        liveness: { tcpSocket: { port: 8080 }, address: '::1' },
      },
      'side-1': { startup: { grpc: { port: 9090 } }, preStop: { httpGet: { port: 80 } } },
    };
    expect(Object.fromEntries(readTargets(targets, '10.1.2.3'))).toEqual({
      '/probe/app/readiness': {
        kind: 'http',
        address: '127.0.0.1',
        port: 8080,
        timeout: 3000,
        scheme: 'HTTPS',
        isHook: false,
        path: '/ready?a=b',
        headers: [{ name: 'X-A', value: 'b' }],
        host: '10.1.2.3',
        otherAddress: '10.1.2.3',
      },
      '/probe/app/liveness': {
        kind: 'tcp',
        address: '::1',
        port: 8080,
        timeout: 1000,
        isHook: false,
        otherAddress: '10.1.2.3',
      },
      '/probe/side-1/startup': {
        kind: 'grpc',
        address: '127.0.0.1',
        port: 9090,
        timeout: 1000,
        service: '',
        otherAddress: '10.1.2.3',
        isHook: false,
      },
      '/probe/side-1/preStop': {
        kind: 'http',
        address: '127.0.0.1',
        port: 80,
        timeout: 1000,
        scheme: 'HTTP',
        isHook: true,
        path: '/',
        headers: [],
        host: '10.1.2.3',
        otherAddress: '10.1.2.3',
      },
    });
  });
  const http = { httpGet: { port: 1 } };
  it.each<[string, unknown, string]>([
    ['no object', [], 'it must be an object'],
    ['a container that is none', { '../x': { liveness: http } }, 'not named as a container'],
    ['another kind', { app: { ready: http } }, 'each member of app must be startup or readiness'],
    ['another host', { app: { liveness: { httpGet: { port: 1, host: 'x' } } } }, 'httpGet.host is not known'],
    ['another address', { app: { liveness: { ...http, address: '10.0.0.1' } } }, 'address must be 127.0.0.1'],
    ['a named port', { app: { liveness: { tcpSocket: { port: 'http' } } } }, 'must be a port number'],
    ['nothing to do', { app: { liveness: {} } }, 'exactly one of'],
    ['two things to do', { app: { liveness: { ...http, tcpSocket: { port: 1 } } } }, 'exactly one of'],
    ['a command', { app: { liveness: { exec: { command: ['x'] } } } }, 'exec is not known'],
    ['no time', { app: { liveness: { ...http, timeoutSeconds: 0 } } }, 'seconds from 1 to 3600'],
    [
      'a header that would be two',
      { app: { liveness: { httpGet: { port: 1, httpHeaders: [{ name: 'a', value: 'b\r\nc: d' }] } } } },
      'httpHeaders[0].value must be the value of a header',
    ],
  ])('with %s are refused', (_, targets, problem) => {
    expect(() => readTargets(targets)).toThrow(problem);
  });
  it('have a pod’s address as host, or none', () => {
    expect(() => readTargets({}, 'orders')).toThrow('PORTCULLIS_POD_IP must be an IP address, not "orders"');
  });
});
