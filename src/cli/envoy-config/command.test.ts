import { describe, expect, it } from 'vitest';
import {
  authorizationPolicy,
  backendTlsPolicy,
  clientTrafficPolicy,
  destinationRule,
  HOST,
  meshConfig,
  printed,
  referenceGrant,
  securityPolicy,
} from '../testing/envoy-config.ts';
import { runCommand } from '../testing/run.ts';
import { envoyConfigCommand } from './command.ts';

describe('for istio', () => {
  it('it is a provider that fails closed, and a policy that sends everything to it', async () => {
    const [mesh, policy, rule, ...more] = await printed('istio');
    expect(more).toEqual([]);
    // Istio takes the ConfigMap of the rule's own namespace alone.
    expect(destinationRule(rule, 'rule').metadata).toEqual({
      name: 'portcullis-gateway',
      namespace: 'portcullis-system',
    });
    expect(await printed('istio', '--tls', 'off')).toEqual([mesh, policy]);
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
  it('over HTTP it states port and client over whatever the client said', async () => {
    const args = ['--protocol', 'http', '--port', '8443', '--gateway', 'edge/public', '--header', 'Api-Key'];
    const [mesh, policy] = await printed('istio', ...args, '--address', 'v.auth.svc:80');
    const [only] = meshConfig(mesh, 'mesh').extensionProviders;
    expect(only?.envoyExtAuthzHttp).toMatchObject({
      pathPrefix: '/envoy',
      service: 'v.auth.svc',
      port: 80,
      includeAdditionalHeadersInCheck: { 'x-portcullis-port': '8443' },
      headersToUpstreamOnAllow: ['x-*', 'cookie'],
    });
    expect(only?.envoyExtAuthzHttp?.includeRequestHeadersInCheck).toEqual(
      expect.arrayContaining(['api-key', 'upgrade', 'x*']),
    );
    const { spec, metadata: place } = authorizationPolicy(policy, 'policy');
    // Of each Gateway in a namespace another one.
    expect(place).toMatchObject({ namespace: 'edge', name: 'portcullis-public' });
    expect(spec.targetRefs?.[0]?.name).toBe('public');
    expect(spec).not.toHaveProperty('selector');
  });
  it('the validators of each Service are a provider of their own, which its policy names', async () => {
    const nameFor = async (...args: readonly string[]) => {
      const [mesh, policy] = await printed('istio', '--gateway', 'edge/public', ...args);
      const [provider] = meshConfig(mesh, 'mesh').extensionProviders;
      expect(authorizationPolicy(policy, 'policy').spec.provider.name).toBe(provider?.name);
      return provider?.name;
    };
    expect(await nameFor()).toBe('portcullis');
    expect(await nameFor('--address', 'portcullis-gateway.portcullis-system.svc:9002')).toBe('portcullis');
    const services = ['a.b-c', 'a-b.c', 'a-b.d', `${'a'.repeat(63)}.${'b'.repeat(63)}`];
    const names = await Promise.all(services.map((service) => nameFor('--address', `${service}.svc:9002`)));
    expect(new Set(names).size).toBe(services.length);
    for (const name of names) expect(name).toMatch(/^portcullis-[a-z0-9-]{1,51}[a-z0-9]$/);
  });
});

it.each(['istio', 'envoy-gateway'])(
  'for %s, what is printed for one Gateway takes the place of nothing that another one of its namespace needs',
  async (kind) => {
    const named = async (gateway: string) =>
      (await printed(kind, '--gateway', gateway)).flatMap((document) => {
        const { metadata, spec } = document as {
          metadata?: { name: string };
          spec?: { targetRefs?: object[] };
        };
        const isForGateway = JSON.stringify(spec?.targetRefs ?? '').includes('"Gateway"');
        return isForGateway ? [metadata?.name] : [];
      });
    const [one, other] = [await named('edge/public'), await named('edge/partners')];
    expect(one.length).toBeGreaterThan(0);
    expect(one.filter((name) => other.includes(name))).toEqual([]);
  },
);

describe('for envoy-gateway', () => {
  it('it is four objects that fit together', async () => {
    const args = ['envoy-gateway', '--gateway', 'edge/public'];
    const [security, traffic, tls, grant, ...more] = await printed(...args);
    expect(more).toEqual([]);
    expect(backendTlsPolicy(tls, 'tls')).toMatchObject({
      metadata: { namespace: 'portcullis-system' },
      spec: {
        targetRefs: [{ name: 'portcullis-gateway' }],
        validation: { caCertificateRefs: [{ name: 'portcullis-ca' }] },
      },
    });
    expect(await printed(...args, '--tls', 'off')).toEqual([security, traffic, grant]);
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
  it('Gateways of two namespaces may both name validators of a third', async () => {
    const grants = async (...args: string[]) =>
      (await printed('envoy-gateway', ...args, '--tls', 'off'))
        .slice(-1)
        .map((document) => referenceGrant(document, 'grant').metadata.name);
    const address = ['--address', 'others.portcullis-system.svc.cluster.local:9002'];
    const names = [
      ...(await grants('--gateway', 'edge/public')),
      ...(await grants('--gateway', 'team/public')),
      ...(await grants('--gateway', 'edge/partners', ...address)),
    ];
    expect(new Set(names).size).toBe(3);
  });
  it('in one namespace it needs no grant', async () => {
    const args = ['--gateway', 'edge/public', '--address', 'validator.edge.svc.cluster.local:9002'];
    expect(await printed('envoy-gateway', ...args, '--tls', 'off')).toHaveLength(2);
  });
});

it('for envoy it is the settings of a listener, a cluster that is looked up, and whom it trusts', async () => {
  const [manager, resources, node, authorities, ...more] = await printed('envoy');
  expect(more).toEqual([]);
  expect(node).toEqual({ node: { id: 'gateway', cluster: 'gateway' } });
  expect(authorities).toMatchObject({
    resources: [{ validation_context: { trusted_ca: { filename: '/etc/portcullis/ca.crt' } } }],
  });
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

describe('for envoy, TLS', () => {
  const PLAIN = undefined;
  const HTTP = ['http/1.1'];
  it.each<[args: string[], alpn: string[] | undefined, name?: string, sni?: string]>([
    [[], HTTP, HOST, HOST],
    [['--protocol', 'grpc'], ['h2'], HOST, HOST],
    [['--tls', 'off'], PLAIN],
    [['--address', 'validator.example:9001'], HTTP, 'validator.example', 'validator.example'],
    [['--address', '10.0.0.7:9001'], HTTP, '10.0.0.7'],
    [['--address', '[fd00::7]:9001'], HTTP, 'fd00::7'],
    [['--address', '127.0.0.1:9001'], PLAIN],
    [['--address', '[::1]:9001'], PLAIN],
    [['--address', 'localhost:9001'], PLAIN],
    [['--address', 'localhost:9001', '--tls', 'on'], HTTP, 'localhost', 'localhost'],
    [['--address', '127.0.0.1:9001', '--ca', '/ca.crt'], HTTP, '127.0.0.1'],
    [['--address', 'unix:/run/x.sock'], PLAIN],
    // It says that it is loopback, and is not.
    [['--address', '127.0.0.1.example:9001'], HTTP, '127.0.0.1.example', '127.0.0.1.example'],
  ])('with %j', async (args, alpn, verified, sni) => {
    const [, resources, ...more] = await printed('envoy', ...args);
    const [cluster] = (resources as { clusters: { transport_socket?: { typed_config: object } }[] }).clusters;
    const context = cluster?.transport_socket?.typed_config;
    expect(more).toHaveLength(alpn === undefined ? 0 : 2);
    if (alpn === undefined) return expect(context).toBeUndefined();
    expect(context).toMatchObject({
      common_tls_context: {
        alpn_protocols: alpn,
        combined_validation_context: {
          default_validation_context: {
            match_typed_subject_alt_names: [
              { san_type: sni === undefined ? 'IP_ADDRESS' : 'DNS', matcher: { exact: verified } },
            ],
          },
        },
      },
    });
    expect(context && 'sni' in context ? context.sni : undefined).toBe(sni);
  });
});

it.each([
  [[], '--for is missing: envoy, istio, envoy-gateway, gateway-api, nginx, traefik, caddy.'],
  [['--for', 'apache'], 'gateway-api, nginx, traefik, caddy, not "apache".'],
  [['--for', 'envoy', 'istio'], '"istio" is not an option.'],
  [['--for', 'envoy', '--address', 'x'], '--address must be host:port'],
  [['--for', 'envoy', '--address', 'off'], '--address must be HOST:PORT or unix:/path, not "off".'],
  [['--for', 'envoy', '--address', 'a:0'], '--address has the port 0'],
  [['--for', 'envoy', '--port', '0'], '--port must be a port, not "0".'],
  [['--for', 'envoy', '--port', '65536'], '--port must be a port'],
  [['--for', 'envoy', '--port', '80', '--protocol', 'grpc'], '--port goes with --protocol http'],
  [['--for', 'envoy', '--gateway', 'a/b'], '--gateway is not for envoy.'],
  [['--for', 'envoy', '--tls', 'yes'], '--tls is on, off, not "yes".'],
  [['--for', 'envoy', '--tls', 'off', '--ca', '/ca.crt'], '--ca goes with --tls on.'],
  [['--for', 'envoy', '--ca', 'ca.crt'], '--ca must be the absolute path of a PEM file'],
  [['--for', 'envoy', '--ca', '/etc/'], '--ca must be the absolute path of a PEM file'],
  [['--for', 'envoy', '--ca', '/etc/ca.yaml'], '--ca must be the absolute path of a PEM file'],
  [['--for', 'envoy', '--address', 'unix:/run/x', '--tls', 'on'], '--tls is for HOST:PORT'],
  [['--for', 'istio', '--ca', '/ca.crt'], '--ca is not for istio'],
  [['--for', 'envoy-gateway', '--ca', '/ca.crt'], '--ca is not for envoy-gateway'],
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
  await expect(runCommand(envoyConfigCommand, args)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(problem),
  });
});
