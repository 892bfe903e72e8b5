import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { list, object, oneOf, port, type Shape, text } from '../policy/shape.ts';
import { envoyConfig } from './envoy-config.ts';
import { runCommand } from './testing/run.ts';

/** The documents that it prints. */
async function printed(...args: string[]): Promise<readonly unknown[]> {
  const { code, out, err } = await runCommand(envoyConfig, ['--for', ...args]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return parseAllDocuments(out).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
}

const matching =
  (pattern: RegExp): Shape<string> =>
  (value, at) => {
    expect(text(value, at)).toMatch(pattern);
    return text(value, at);
  };
const flag =
  (wanted: boolean): Shape<boolean> =>
  (value) => {
    expect(value).toBe(wanted);
    return wanted;
  };
const status503: Shape<number> = (value) => {
  expect(value).toBe(503);
  return 503;
};
const name = matching(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
const header = matching(/^[a-z0-9-]+$/);
const headerPattern = matching(/^[a-z0-9-]+\*?$/);
const metadata = object({ name, namespace: name });
const gatewayRef = object({ group: oneOf('gateway.networking.k8s.io'), kind: oneOf('Gateway'), name });
/** Protobuf's, and the Gateway API's: both take this. */
const second = oneOf('1s');

/** The fields of other projects' APIs that are used here, as their schemas have them. */
const provider = {
  service: matching(/^[a-z0-9.-]+$/),
  port,
  timeout: second,
  failOpen: flag(false),
  statusOnError: oneOf('503'),
};
const meshConfig = object({
  extensionProviders: list(
    object(
      { name },
      {
        envoyExtAuthzGrpc: object(provider),
        envoyExtAuthzHttp: object({
          ...provider,
          includeRequestHeadersInCheck: list(headerPattern),
          includeAdditionalHeadersInCheck: object({
            'x-portcullis-port': matching(/^\d+$/),
            'x-portcullis-client': matching(/^%[A-Z_]+%$/),
          }),
          headersToUpstreamOnAllow: list(headerPattern),
          headersToDownstreamOnDeny: list(headerPattern),
        }),
      },
    ),
  ),
});
const authorizationPolicy = object({
  apiVersion: oneOf('security.istio.io/v1'),
  kind: oneOf('AuthorizationPolicy'),
  metadata,
  spec: object(
    { action: oneOf('CUSTOM'), provider: object({ name }), rules: list(object({})) },
    {
      targetRefs: list(gatewayRef),
      selector: object({ matchLabels: object({ istio: oneOf('ingressgateway') }) }),
    },
  ),
});
const securityPolicy = object({
  apiVersion: oneOf('gateway.envoyproxy.io/v1alpha1'),
  kind: oneOf('SecurityPolicy'),
  metadata,
  spec: object({
    targetRefs: list(gatewayRef),
    extAuth: object({
      grpc: object({
        backendRefs: list(object({ group: oneOf(''), kind: oneOf('Service'), name, namespace: name, port })),
      }),
      failOpen: flag(false),
      statusOnError: status503,
      timeout: second,
      recomputeRoute: flag(false),
    }),
  }),
});
const clientTrafficPolicy = object({
  apiVersion: oneOf('gateway.envoyproxy.io/v1alpha1'),
  kind: oneOf('ClientTrafficPolicy'),
  metadata,
  spec: object({
    targetRefs: list(gatewayRef),
    headers: object({
      withUnderscoresAction: oneOf('RejectRequest'),
      earlyRequestHeaders: object({ remove: list(header) }),
    }),
  }),
});
const referenceGrant = object({
  apiVersion: oneOf('gateway.networking.k8s.io/v1beta1'),
  kind: oneOf('ReferenceGrant'),
  metadata,
  spec: object({
    from: list(
      object({ group: oneOf('gateway.envoyproxy.io'), kind: oneOf('SecurityPolicy'), namespace: name }),
    ),
    to: list(object({ group: oneOf(''), kind: oneOf('Service'), name })),
  }),
});

describe('for istio', () => {
  test('it is a provider that fails closed, and a policy that sends everything to it', async () => {
    const [mesh, policy, ...more] = await printed('istio');
    expect(more).toEqual([]);
    const { extensionProviders: providers } = meshConfig(mesh, 'mesh');
    expect(providers).toMatchObject([
      {
        envoyExtAuthzGrpc: { service: 'portcullis-gateway.portcullis-system.svc.cluster.local', port: 9002 },
      },
    ]);
    const { spec, metadata: place } = authorizationPolicy(policy, 'policy');
    expect(place.namespace).toBe('istio-system');
    expect(spec.provider.name).toBe(providers[0]?.name);
    // Without a rule a policy matches nothing, and one with an empty rule everything.
    expect(spec.rules).toEqual([{}]);
    expect(spec).not.toHaveProperty('targetRefs');
  });
  test('over HTTP it states port and client over whatever the client said', async () => {
    const args = ['--protocol', 'http', '--port', '8443', '--gateway', 'edge/public', '--header', 'Api-Key'];
    const [mesh, policy] = await printed('istio', ...args, '--address', 'v.auth.svc:80');
    const [only] = meshConfig(mesh, 'mesh').extensionProviders;
    expect(only?.envoyExtAuthzHttp).toMatchObject({
      service: 'v.auth.svc',
      port: 80,
      includeAdditionalHeadersInCheck: { 'x-portcullis-port': '8443' },
      headersToUpstreamOnAllow: ['x-*', 'cookie'],
    });
    expect(only?.envoyExtAuthzHttp?.includeRequestHeadersInCheck).toContain('api-key');
    const { spec, metadata: place } = authorizationPolicy(policy, 'policy');
    expect([place.namespace, spec.targetRefs?.[0]?.name]).toEqual(['edge', 'public']);
    expect(spec).not.toHaveProperty('selector');
  });
});

describe('for envoy-gateway', () => {
  test('it is three objects that fit together', async () => {
    const [security, traffic, grant, ...more] = await printed('envoy-gateway', '--gateway', 'edge/public');
    expect(more).toEqual([]);
    const { spec } = securityPolicy(security, 'security');
    const backend = {
      group: '',
      kind: 'Service',
      name: 'portcullis-gateway',
      namespace: 'portcullis-system',
      port: 9002,
    };
    expect(spec.extAuth.grpc.backendRefs).toEqual([backend]);
    const { headers } = clientTrafficPolicy(traffic, 'traffic').spec;
    expect(headers.earlyRequestHeaders.remove).toEqual(
      expect.arrayContaining(['x-original-url', 'x-http-method-override', 'x-portcullis-port']),
    );
    // The Gateway API's limit.
    expect(headers.earlyRequestHeaders.remove.length).toBeLessThanOrEqual(16);
    const granted = referenceGrant(grant, 'grant');
    expect(granted).toMatchObject({
      metadata: { namespace: 'portcullis-system' },
      spec: { from: [{ namespace: 'edge' }], to: [{ name: 'portcullis-gateway' }] },
    });
  });
  test('in one namespace it needs no grant', async () => {
    const args = ['--gateway', 'edge/public', '--address', 'validator.edge.svc.cluster.local:9002'];
    expect(await printed('envoy-gateway', ...args)).toHaveLength(2);
  });
});

test('for envoy it is the settings of a listener, and a cluster that is looked up', async () => {
  const [manager, resources, ...more] = await printed('envoy');
  expect(more).toEqual([]);
  expect(manager).toMatchObject({
    http_filters: [
      { name: 'portcullis.before_check' },
      { name: 'envoy.filters.http.ext_authz' },
      { name: 'envoy.filters.http.rbac' },
      { name: 'portcullis.after_check' },
    ],
  });
  expect(resources).toMatchObject({ clusters: [{ type: 'LOGICAL_DNS' }] });
  expect(JSON.stringify(manager)).toContain(
    '{"remove":"x-portcullis-port"},{"append":{"header":{"key":"x-portcullis-client"',
  );
});

test.each([
  [[], '--for is missing: envoy, istio, envoy-gateway.'],
  [['--for', 'nginx'], '--for is envoy, istio, envoy-gateway, not "nginx".'],
  [['--for', 'envoy', 'istio'], '"istio" is not an option.'],
  [['--for', 'envoy', '--address', 'x'], '--address must be host:port'],
  [['--for', 'envoy', '--address', 'off'], '--address must be HOST:PORT or unix:/path, not "off".'],
  [['--for', 'envoy', '--address', 'a:0'], '--address has the port 0'],
  [['--for', 'envoy', '--port', '0'], '--port must be a port, not "0".'],
  [['--for', 'envoy', '--port', '65536'], '--port must be a port'],
  [['--for', 'envoy', '--port', '80', '--protocol', 'grpc'], '--port goes with --protocol http'],
  [['--for', 'envoy', '--gateway', 'a/b'], '--gateway is not for envoy.'],
  [['--for', 'istio', '--protocol', 'http'], '--port is missing'],
  [['--for', 'istio', '--port', '80'], '--port is not for istio over gRPC'],
  [['--for', 'istio', '--address', '10.0.0.1:80'], '--address must name a Service here'],
  [['--for', 'istio', '--address', 'unix:/run/x'], '--address must name a Service here'],
  [['--for', 'istio', '--gateway', 'b'], '--gateway must be NAMESPACE/NAME, not "b".'],
  [
    ['--for', 'istio', '--protocol', 'http', '--port', '1', '--header', 'a b'],
    '--header must be the name of a header',
  ],
  [
    ['--for', 'istio', '--protocol', 'http', '--port', '1', '--header', 'Content-Type'],
    '--header content-type would let gRPC callers pass',
  ],
  [['--for', 'envoy-gateway', '--protocol', 'http'], '--protocol http is not for envoy-gateway'],
])('%j is wrong usage', async (args, problem) => {
  await expect(runCommand(envoyConfig, args)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(problem),
  });
});
