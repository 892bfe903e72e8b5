import { describe, expect, it } from 'vitest';
import type { Pod, ServicePort } from '../cluster/objects.ts';
import { pod as podChange } from '../cluster/testing/objects.ts';
import { captureMode, guardOf } from './guards.ts';
import { workloadOf } from './owners.ts';
import { ownPorts, portsOfPod, servicePorts, writtenPorts } from './ports.ts';

const port = (name: string, number: number, more: Partial<ServicePort> = {}): ServicePort => ({
  name,
  appProtocol: '',
  port: number,
  targetPort: number,
  ...more,
});

const pod = (options: Parameters<typeof podChange>[1] = {}): Pod => {
  const { object } = podChange('shop/orders-1', options);
  if (object === undefined || !('sidecars' in object)) throw new Error('no pod');
  return object;
};

describe('ports of a Service', () => {
  it.each([
    ['none', [], 'NoPort'],
    ['several that say nothing', [port('a', 1), port('b', 2)], 'PortAmbiguous'],
    ['several without names', [port('', 1), port('', 2)], 'PortAmbiguous'],
  ])('%s: it cannot be told which', (_, ports, reason) => {
    const wish = servicePorts('shop/orders', ports);
    expect(wish.kind === 'unknown' && wish.problem.reason).toBe(reason);
  });

  it.each([
    ['its only one', [port('web', 1)], ['1 HTTP']],
    ['by name', [port('http', 1), port('metrics', 2)], ['1 HTTP']],
    ['by the beginning of the name', [port('http-api', 1), port('x', 2)], ['1 HTTP']],
    ['by the end of the name', [port('api-grpc', 1), port('x', 2)], ['1 H2C']],
    ['by appProtocol', [port('a', 1, { appProtocol: 'kubernetes.io/h2c' }), port('x', 2)], ['1 H2C']],
    ['all that say so', [port('http', 1), port('grpc', 2), port('x', 3)], ['1 HTTP', '2 H2C']],
    ['but none with TLS', [port('http', 1), port('https', 2)], ['1 HTTP']],
    [
      'of WebSockets, too',
      [port('ws', 1), port('a', 2, { appProtocol: 'kubernetes.io/ws' })],
      ['1 HTTP', '2 HTTP'],
    ],
    [
      'with TLS where there is no other',
      [port('https', 1), port('wss', 2), port('x', 3)],
      ['1 TLS', '2 TLS'],
    ],
    ['with TLS by appProtocol', [port('http', 1, { appProtocol: 'kubernetes.io/wss' })], ['1 TLS']],
    ['without TLS by appProtocol', [port('https', 1, { appProtocol: 'http' })], ['1 HTTP']],
    ['behind TLS of a load balancer', [port('https', 443, { targetPort: 'http' })], ['8080 HTTP']],
    ['with TLS behind it', [port('https', 443, { targetPort: 'http', appProtocol: 'https' })], ['8080 TLS']],
    ['by the name of the target', [port('http', 80, { targetPort: 'http' })], ['8080 HTTP']],
  ])('%s', (_, ports, expected) => {
    const found = portsOfPod(servicePorts('shop/orders', ports), pod());
    expect(found.kind === 'ports' && found.ports.map((one) => `${one.port} ${one.protocol}`)).toEqual(
      expected,
    );
  });

  it('called by a name that no container has: the pod cannot be guarded there', () => {
    const found = portsOfPod(servicePorts('shop/orders', [port('http', 80, { targetPort: 'web' })]), pod());
    expect(found.kind === 'problem' && found.problem).toMatchObject({
      reason: 'NoPort',
      message: expect.stringContaining('Pod shop/orders-1 has no container port called web'),
    });
  });

  it('called by a name that capture NamedPort has given to Envoy: the port that had it', () => {
    const moved = pod({
      ports: { 8080: 8080 },
      annotations: { 'portcullis.dev/moved-ports': 'http=8080,x=,=1' },
    });
    const found = portsOfPod(servicePorts('shop/orders', [port('http', 80, { targetPort: 'http' })]), moved);
    expect(found.kind === 'ports' && found.ports.map((one) => one.port)).toEqual([8080]);
  });
});

describe('ports of a pod itself', () => {
  it.each([
    [{}, 'NoPort'],
    [{ a: 1, b: 2 }, 'PortAmbiguous'],
  ])('%j cannot be told', (ports, reason) => {
    const found = ownPorts(pod({ ports }).ports, 'Pod shop/orders-1');
    expect(found.kind === 'problem' && found.problem.reason).toBe(reason);
  });

  it.each([
    [{ a: 1 }, [1]],
    [{ a: 1, http: 2, grpc: 3 }, [2, 3]],
    [{ a: 1, https: 2 }, [2]],
    [{ http: 1, https: 2 }, [1]],
  ])('%j', (ports, expected) => {
    const found = ownPorts(pod({ ports }).ports, 'Pod shop/orders-1');
    expect(found.kind === 'ports' && found.ports.map((one) => one.port)).toEqual(expected);
  });
});

describe('what guards a pod', () => {
  const numeric = servicePorts('shop/orders', [port('http', 80, { targetPort: 8080 })]);
  const named = servicePorts('shop/orders', [port('http', 80, { targetPort: 'http' })]);
  const selection = (ports: typeof numeric) => ({ selector: {}, ports, target: 'Service shop/orders' });

  it('captured by NamedPort is refused where the Service goes by number, past Envoy', () => {
    expect(
      guardOf({ id: 'shop/b', isTrial: false }, [selection(numeric)], pod(), 'NamedPort').problem?.reason,
    ).toBe('NumericTargetPort');
    expect(
      guardOf({ id: 'shop/b', isTrial: false }, [selection(named)], pod(), 'NamedPort').problem,
    ).toBeUndefined();
    expect(
      guardOf({ id: 'shop/b', isTrial: false }, [selection(numeric)], pod(), 'Redirect').problem,
    ).toBeUndefined();
  });

  it('has every port once, by number, and HTTP/2 where one of them says so', () => {
    const selections = [
      selection(writtenPorts([{ port: 9000, protocol: 'H2C' }, { port: 80 }])),
      selection(writtenPorts([{ port: 9000 }])),
    ];
    expect(guardOf({ id: 'shop/b', isTrial: false }, selections, pod(), 'Redirect').ports).toEqual([
      { port: 80, protocol: 'HTTP' },
      { port: 9000, protocol: 'H2C', isWritten: true },
    ]);
  });
});

describe('ports that the binding names', () => {
  const found = (written: Parameters<typeof writtenPorts>[0], ports = { https: 8443, http: 8080 }) => {
    const named = portsOfPod(writtenPorts(written), pod({ ports }));
    return named.kind === 'ports' && named.ports.map(({ port, protocol }) => `${port} ${protocol}`);
  };

  it('are TLS where their name says so, and the binding nothing', () => {
    expect(found([{ port: 8443 }, { port: 8080 }, { port: 9 }])).toEqual(['8443 TLS', '8080 HTTP', '9 HTTP']);
    expect(found([{ port: 8443, protocol: 'HTTP' }])).toEqual(['8443 HTTP']);
    expect(found([{ port: 8443, protocol: 'H2C' }])).toEqual(['8443 H2C']);
  });
});

it.each([
  [{}, {}, 'Redirect'],
  [{ 'portcullis.dev/capture': 'None' }, {}, 'None'],
  [{}, { 'portcullis.dev/capture': 'NamedPort' }, 'NamedPort'],
  [{ 'portcullis.dev/capture': 'Redirect' }, { 'portcullis.dev/capture': 'None' }, 'Redirect'],
  [{ 'portcullis.dev/capture': 'Off' }, {}, 'Redirect'],
])('capture of %j in a namespace with %j is %s', (annotations, marks, mode) => {
  expect(captureMode(pod({ annotations }), marks)).toBe(mode);
});

it.each([
  ['ReplicaSet', 'orders-abc', { 'pod-template-hash': 'abc' }, 'Deployment orders'],
  ['ReplicaSet', 'orders-abc', {}, 'ReplicaSet orders-abc'],
  ['ReplicaSet', 'orders', { 'pod-template-hash': 'abc' }, 'ReplicaSet orders'],
  ['StatefulSet', 'db', {}, 'StatefulSet db'],
])('a pod of %s %s with %j belongs to %s', (kind, name, labels, expected) => {
  const owner = workloadOf({ owner: { kind, name }, labels });
  expect(`${owner?.kind} ${owner?.name}`).toBe(expected);
});
