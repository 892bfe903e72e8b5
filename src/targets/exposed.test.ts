import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { readPod } from '../cluster/pod.ts';
import { createSharing } from '../cluster/sharing.ts';
import { raw } from '../cluster/testing/objects.ts';
import { readService } from '../cluster/workloads.ts';
import { appPod } from '../operator/testing/injection.ts';
import { exposureOf } from './exposed.ts';

const ORDERS = { app: 'orders' };
const sharing = createSharing();

function exposure(specs: readonly JsonObject[], capture: 'Redirect' | 'NamedPort' = 'Redirect') {
  const { metadata, ...written } = appPod(ORDERS);
  const pod = readPod({ ...written, metadata: { ...(metadata as JsonObject), namespace: 'shop' } }, sharing);
  if (pod === undefined) throw new Error('no pod');
  const services = specs.flatMap((spec, i) => readService(raw(`shop/s${i}`, { spec }), sharing) ?? []);
  return exposureOf(pod, services, capture);
}

const service = (...ports: readonly JsonObject[]): JsonObject => ({ selector: ORDERS, ports });
const PLAIN = { port: 80, targetPort: 8080 };

describe('a pod is exposed', () => {
  it.each([
    ['by the only port of a Service, which says nothing', [service(PLAIN)], [8080]],
    ['by an only port of any other name', [service({ ...PLAIN, name: 'web' })], [8080]],
    [
      'by every port that says HTTP',
      [service({ port: 80, name: 'http' }, { port: 81, name: 'grpc' }, { port: 82, name: 'x' })],
      [80, 81],
    ],
    ['by the name of its own port', [service({ port: 80, targetPort: 'http' })], [8080]],
    ['by what is left beside other protocols', [service(PLAIN, { port: 5432, name: 'postgres' })], [8080]],
    [
      'by an appProtocol, whatever the name says',
      [service({ ...PLAIN, name: 'tcp-x', appProtocol: 'http' })],
      [8080],
    ],
    [
      'by several Services, each port once',
      [service(PLAIN), service({ ...PLAIN, port: 81 }), service({ port: 9090 })],
      [8080, 9090],
    ],
  ])('%s', (_, specs, ports) => {
    expect(exposure(specs)?.ports.map(({ port }) => port)).toEqual(ports);
  });

  it('by Services that the message can name', () => {
    expect(
      exposure([service(PLAIN), { selector: { app: 'other' }, ports: [PLAIN] }, service(PLAIN)]),
    ).toMatchObject({
      binding: '',
      services: ['shop/s0', 'shop/s2'],
    });
  });

  it('by number past Envoy: capture NamedPort cannot guard it, which the injector has to refuse', () => {
    expect(exposure([service(PLAIN)], 'NamedPort')?.problem?.reason).toBe('NumericTargetPort');
  });
});

describe('a pod is not exposed', () => {
  it.each([
    ['by no Service', []],
    ["by another app's Service", [{ selector: { app: 'stock' }, ports: [PLAIN] }]],
    ['by a Service without a selector', [{ ports: [PLAIN] }]],
    ['by a Service of type ExternalName', [{ ...service(PLAIN), type: 'ExternalName' }]],
    ['by an only port that names another protocol', [service({ port: 5432, name: 'postgres' })]],
    ['by an only port whose name begins with one', [service({ port: 5672, name: 'tcp-amqp' })]],
    ['by an appProtocol that is no HTTP', [service({ port: 6379, appProtocol: 'redis' })]],
    ['by TLS', [service({ port: 443, name: 'https' })]],
    ['by UDP', [service({ port: 53, protocol: 'UDP' })]],
    ['by several ports of which none says HTTP', [service({ port: 1, name: 'a' }, { port: 2, name: 'b' })]],
    ['by the name of a port that it does not have', [service({ port: 80, targetPort: 'web' })]],
  ])('%s', (_, specs) => {
    expect(exposure(specs)).toBeUndefined();
  });
});
