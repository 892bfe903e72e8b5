import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import { inject } from './inject.ts';
import {
  captured,
  container,
  guard,
  guarded,
  initContainers,
  pod,
  request,
  specOf,
  variable,
  web,
} from './testing/pods.ts';

const names = (items: readonly JsonObject[]) => items.map(({ name }) => name);
const annotationsOf = (value: JsonObject) => objectAt(objectAt(value.metadata).annotations);
const listeners = (value: JsonObject) => objectAt(variable(value, 'PORTCULLIS_ENVOY_SETTINGS')).listeners;
const asked = { labels: { 'portcullis.dev/inject': 'true' } };

describe('who gets sidecars', () => {
  it.each([
    ['a pod that a binding chooses', {}, [guard(8080)], 'guarded'],
    ['no other', {}, [], 'unasked'],
    ['but one whose label asks', { 'portcullis.dev/inject': 'true' }, [], 'guarded'],
    ['and none whose label says no', { 'portcullis.dev/inject': 'false' }, [guard(8080)], 'unasked'],
    [
      'not even where it is refused',
      { 'portcullis.dev/inject': 'false', host: 'y' },
      [guard(15_906)],
      'unasked',
    ],
  ])('%s', (_, labels, guards, kind) => {
    expect(inject(request(pod({}, { labels }), { guards })).kind).toBe(kind);
  });
});

describe('capture Redirect', () => {
  const value = guarded(pod({ initContainers: [{ name: 'migrate' }], volumes: [{ name: 'data' }] }));

  it('starts capture, validator and Envoy before all else', () => {
    expect(names(initContainers(value))).toEqual([
      'portcullis-capture',
      'portcullis-validator',
      'portcullis-envoy',
      'migrate',
    ]);
    expect(initContainers(value).map(({ restartPolicy }) => restartPolicy)).toEqual([
      undefined,
      'Always',
      'Always',
      undefined,
    ]);
    expect(container(value, 'portcullis-capture').args).toEqual(['capture', '8080=15906']);
  });

  it('leaves the app as it is, and says what it did', () => {
    expect(specOf(value).containers).toEqual([web()]);
    expect(value.metadata).toEqual({
      name: 'orders',
      namespace: 'shop',
      labels: { 'portcullis.dev/injected': '1.2.3' },
      annotations: { 'portcullis.dev/captured-ports': '8080' },
    });
  });

  it('gives the validator what it asks for on its command line and in its environment', () => {
    expect(container(value, 'portcullis-validator').args).toEqual([
      'validator',
      '--control-plane=https://portcullis-policy.portcullis-system.svc',
      '--http=unix:/var/run/portcullis/shared/validator.sock',
      '--grpc=off',
      '--admin=127.0.0.1:15903',
      '--probes=[::]:15904',
    ]);
    expect(variable(value, 'PORTCULLIS_ENVOY_SETTINGS')).toEqual({
      listeners: [{ port: 8080, listener: 15_906, protocol: 'HTTP' }],
      counters: { port: 15_905, adminSocket: '/var/run/portcullis/counters/admin.sock' },
      maxHeapBytes: Math.floor(256 * 1024 * 1024 * 0.8),
    });
  });

  it('shares one volume between the two, and keeps state, token and CA for the validator', () => {
    expect(names(objectsAt(specOf(value).volumes))).toEqual([
      'data',
      'portcullis-shared',
      'portcullis-counters',
      'portcullis-state',
      'portcullis-token',
      'portcullis-ca',
    ]);
    expect(container(value, 'portcullis-envoy').volumeMounts).toEqual([
      { name: 'portcullis-shared', mountPath: '/var/run/portcullis/shared', readOnly: true },
      { name: 'portcullis-counters', mountPath: '/var/run/portcullis/counters' },
    ]);
    expect(names(objectsAt(container(value, 'portcullis-validator').volumeMounts))).toEqual([
      'portcullis-shared',
      'portcullis-state',
      'portcullis-token',
      'portcullis-ca',
    ]);
    expect(objectsAt(specOf(value).volumes)).toContainEqual({
      name: 'portcullis-token',
      projected: {
        sources: [
          { serviceAccountToken: { audience: 'portcullis', expirationSeconds: 3600, path: 'token' } },
        ],
      },
    });
  });

  it('gives each guarded port a listener, by ascending number, of all bindings together', () => {
    const two = guarded(pod(), {
      guards: [guard(9090, 8080), { ...guard(), ports: [{ port: 9090, protocol: 'H2C' }] }],
    });
    expect(listeners(two)).toEqual([
      { port: 8080, listener: 15_906, protocol: 'HTTP' },
      { port: 9090, listener: 15_907, protocol: 'H2C' },
    ]);
    expect(container(two, 'portcullis-capture').args).toEqual(['capture', '8080=15906', '9090=15907']);
  });

  const several = (): JsonObject =>
    pod(
      {
        containers: [
          web(),
          { name: 'side', ports: [{ containerPort: 9090 }, { containerPort: 53, protocol: 'UDP' }] },
        ],
        initContainers: [
          { name: 'cache', restartPolicy: 'Always', ports: [{ name: 'grpc', containerPort: 7070 }] },
          { name: 'migrate', ports: [{ containerPort: 6060 }] },
        ],
      },
      asked,
    );

  it.each([
    ['there is no binding yet', []],
    ['a binding does not tell', [guard()]],
  ])('shuts every port that is declared as long as %s', (_, guards) => {
    expect(listeners(guarded(several(), { guards }))).toEqual([
      { port: 7070, listener: 15_906, protocol: 'H2C' },
      { port: 8080, listener: 15_907, protocol: 'HTTP' },
      { port: 9090, listener: 15_908, protocol: 'HTTP' },
    ]);
  });

  it('leaves other ports alone once bindings say which are meant', () => {
    expect(listeners(guarded(several(), { guards: [guard(8080)] }))).toEqual([
      { port: 8080, listener: 15_906, protocol: 'HTTP' },
    ]);
  });
});

describe('capture NamedPort', () => {
  const value = guarded(
    pod(
      {
        containers: [
          web({
            ports: [
              { name: 'http', containerPort: 8080, protocol: 'TCP' },
              { name: 'metrics', containerPort: 9090 },
            ],
          }),
        ],
      },
      captured('NamedPort'),
    ),
  );

  it('gives the name to Envoy, and notes which port had it', () => {
    expect(names(initContainers(value))).toEqual(['portcullis-validator', 'portcullis-envoy']);
    expect(container(value, 'portcullis-envoy').ports).toEqual([
      { name: 'http', containerPort: 15_906, protocol: 'TCP' },
    ]);
    expect(container(value, 'web').ports).toEqual([
      { containerPort: 8080, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9090 },
    ]);
    expect(annotationsOf(value)['portcullis.dev/moved-ports']).toBe('http=8080');
  });

  it('is what a namespace may ask for, and a pod may ask for another', () => {
    const namespace = { labels: {}, annotations: { 'portcullis.dev/capture': 'NamedPort' } };
    expect(names(initContainers(guarded(pod(), { namespace })))).toHaveLength(2);
    expect(names(initContainers(guarded(pod({}, captured('Redirect')), { namespace })))).toHaveLength(3);
  });
});

describe('capture None', () => {
  it('brings the validator alone, where the Envoy of the pod can ask it, and leaves probes alone', () => {
    const app = web({ readinessProbe: { httpGet: { port: 8080 } } });
    const value = guarded(pod({ containers: [app, { name: 'istio-proxy' }] }, captured('None')));
    expect(names(initContainers(value))).toEqual(['portcullis-validator']);
    expect(container(value, 'portcullis-validator').args).toContain('--grpc=127.0.0.1:9002');
    expect(container(value, 'web')).toEqual(app);
    expect(names(objectsAt(specOf(value).volumes))).not.toContain('portcullis-shared');
    expect(variable(value, 'PORTCULLIS_ENVOY_SETTINGS')).toBeNull();
  });
});
