/** Pods and bindings of every kind that can be guarded, and some that cannot. */

import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { PodGuard } from '../request.ts';
import { pod } from './pods.ts';

const PORTS = [80, 8080, 8443, 9000, 9090] as const;

const handler = (portNames: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> =>
  fc.oneof(
    fc.constant<JsonObject>({ exec: { command: ['true'] } }),
    portNames.map((port) => ({ tcpSocket: { port } })),
    fc.constantFrom(...PORTS).map((port) => ({ grpc: { port, service: 'live' } })),
    fc
      .record({ port: portNames, path: fc.constantFrom('/', '/a?b=$(C)', '/%2e') })
      .map((httpGet) => ({ httpGet })),
  );

const probe = (portNames: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(
      handler(portNames),
      fc.record({ timeoutSeconds: fc.integer({ min: 2, max: 9 }) }, { requiredKeys: [] }),
    )
    .map(([action, rest]) => ({ ...action, ...rest }));

const hook = (portNames: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> =>
  fc.oneof(
    fc.constant<JsonObject>({ sleep: { seconds: 1 } }),
    portNames.map((port) => ({ httpGet: { port, path: '/bye' } })),
  );

const container = (name: string, own: readonly number[]): fc.Arbitrary<JsonObject> => {
  const names = own.map((port) => `p${port}`);
  const port = fc.constantFrom<JsonValue>(...PORTS, ...names);
  return fc.record(
    {
      name: fc.constant(name),
      image: fc.constant(`shop/${name}`),
      ports: fc.array(fc.boolean(), { minLength: own.length, maxLength: own.length }).map((named) =>
        own.map((containerPort, index) => ({
          containerPort,
          ...(named[index] === true && { name: `p${containerPort}` }),
        })),
      ),
      readinessProbe: probe(port),
      livenessProbe: probe(port),
      lifecycle: hook(port).map((preStop) => ({ preStop })),
      env: fc.constant([{ name: 'A', value: 'b' }]),
    },
    { requiredKeys: ['name', 'image', 'ports'] },
  );
};

const labels = fc.record(
  { app: fc.constant('orders'), 'portcullis.dev/inject': fc.constant('true') },
  { requiredKeys: [] },
);
const annotations = fc.record(
  {
    'portcullis.dev/capture': fc.constantFrom('Redirect', 'NamedPort', 'None'),
    'portcullis.dev/envoy-cpu-limit': fc.constant('3'),
    note: fc.constant(''),
  },
  { requiredKeys: [] },
);

export const arbitraryPod: fc.Arbitrary<JsonObject> = fc
  .shuffledSubarray([...PORTS], { minLength: 1 })
  .chain((ports) => {
    const [first = 80, ...others] = ports;
    return fc.tuple(
      fc.tuple(container('web', [first]), container('side', others.slice(0, 2))),
      container('cache', others.slice(2)).map((value) => ({ ...value, restartPolicy: 'Always' })),
      fc.boolean(),
      fc.record(
        {
          volumes: fc.constantFrom<JsonValue>([], [{ name: 'data', emptyDir: {} }]),
          imagePullSecrets: fc.constantFrom<JsonValue>([], [{ name: 'own' }]),
          securityContext: fc.constant({ runAsNonRoot: true, fsGroup: 1 }),
        },
        { requiredKeys: [] },
      ),
      fc.record({ labels, annotations }, { requiredKeys: [] }),
    );
  })
  .map(([containers, cache, isAlone, spec, metadata]) =>
    pod(
      {
        ...spec,
        containers: isAlone ? [containers[0]] : [...containers],
        initContainers: isAlone ? [] : [{ name: 'migrate', image: 'shop/migrate' }, cache],
      },
      metadata,
    ),
  );

export const arbitraryGuards: fc.Arbitrary<readonly PodGuard[]> = fc.array(
  fc.record({
    binding: fc.constant('shop/orders'),
    ports: fc.array(
      fc.record({ port: fc.constantFrom(...PORTS, 7), protocol: fc.constantFrom('HTTP', 'H2C') }),
      { maxLength: 2 },
    ),
    problem: fc.constant(undefined),
  }),
  { maxLength: 2 },
);
