/** Validators for gateways, as the chart renders them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import { SHARED_PORTS, SHARED_SERVICE } from '../../src/gateways/service.ts';
import { readValidatorOptions } from '../../src/validator/options.ts';
import { at, HOME, type Rendered, render, template } from './render.ts';

const NAME = SHARED_SERVICE.name;
const edge = { gateway: 'edge/public' };
const peers = [{ namespaceSelector: { matchLabels: { mesh: 'yes' } } }];

const gatewaysOf = (...gateways: readonly JsonObject[]) => render({ gateways });
const pod = (rendered: Rendered, where: string, id = `Deployment ${HOME}/${NAME}`) =>
  at(rendered.one(id), `spec.template.${where}`);

let plain: Rendered;
beforeAll(async () => {
  plain = await gatewaysOf(edge);
});

describe('a gateway', () => {
  it('has all that it needs, and nothing is there without one', async () => {
    const before = (await render()).ids;
    expect(plain.ids.filter((id) => !before.includes(id))).toEqual([
      `Deployment ${HOME}/${NAME}`,
      `NetworkPolicy ${HOME}/${NAME}`,
      `PodDisruptionBudget ${HOME}/${NAME}`,
      `Role ${HOME}/portcullis-tls-${NAME}`,
      `RoleBinding ${HOME}/portcullis-tls-${NAME}`,
      `Secret ${HOME}/portcullis-tls-${NAME}`,
      `Service ${HOME}/${NAME}`,
      `ServiceAccount ${HOME}/${NAME}`,
    ]);
  });

  it('is the one that portcullis envoy-config leads to', () => {
    expect(SHARED_SERVICE.namespace).toBe(HOME);
    const ports = at(plain.one(`Service ${HOME}/${NAME}`), 'spec.ports');
    expect(ports).toMatchObject(Object.entries(SHARED_PORTS).map(([name, port]) => ({ name, port })));
    expect(pod(plain, 'spec.containers.0.ports')).toMatchObject([
      { name: 'http', containerPort: SHARED_PORTS.http },
      { name: 'grpc', containerPort: SHARED_PORTS.grpc },
      { name: 'probes', containerPort: 15_904 },
    ]);
  });

  it('runs a validator that takes its arguments', () => {
    const [command, ...args] = pod(plain, 'spec.containers.0.args') as readonly string[];
    expect(command).toBe('validator');
    expect(readValidatorOptions(args)).toMatchObject({
      kind: 'run',
      options: {
        feed: { gateway: 'edge/public', url: new URL(`https://portcullis-policy.${HOME}.svc`) },
        http: { host: '0.0.0.0', port: 9001 },
        admin: { kind: 'tcp', host: '127.0.0.1', port: 15_903 },
      },
    });
  });

  it('is known by the token of its pod, and by nothing else', () => {
    const token = { audience: 'portcullis', path: 'token', expirationSeconds: 3600 };
    expect(pod(plain, 'spec.volumes.0.projected.sources')).toEqual([{ serviceAccountToken: token }]);
    expect(pod(plain, 'spec.automountServiceAccountToken')).toBe(false);
    expect(pod(plain, 'spec.serviceAccountName')).toBe(NAME);
  });

  it('has a Service, a budget and a policy that choose its pods alone', () => {
    const labels = pod(plain, 'metadata.labels') as JsonObject;
    const operator = pod(plain, 'metadata.labels', `Deployment ${HOME}/portcullis-operator`) as JsonObject;
    const selectors = [
      ...['Deployment', 'PodDisruptionBudget'].map((kind) => [kind, 'spec.selector.matchLabels'] as const),
      ['Service', 'spec.selector'] as const,
      ['NetworkPolicy', 'spec.podSelector.matchLabels'] as const,
    ];
    for (const [kind, where] of selectors) {
      const selector = at(plain.one(`${kind} ${HOME}/${NAME}`), where);
      const chosen = Object.entries(isJsonObject(selector) ? selector : {});
      expect(chosen.length, kind).toBeGreaterThan(0);
      expect(chosen.every(([label, value]) => labels[label] === value)).toBe(true);
      expect(chosen.every(([label, value]) => operator[label] === value)).toBe(false);
    }
    expect(labels['portcullis.dev/inject']).toBe('false');
  });

  it("is asked by the Gateway's own namespace, or by whom it names", async () => {
    const from = (rendered: Rendered) => at(rendered.one(`NetworkPolicy ${HOME}/${NAME}`), 'spec.ingress.0');
    const ports = Object.values(SHARED_PORTS).map((port) => ({ port, protocol: 'TCP' }));
    const own = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'edge' } } };
    expect(from(plain)).toEqual({ ports, from: [own] });
    expect(from(await gatewaysOf({ ...edge, clients: peers }))).toEqual({ ports, from: peers });
  });
});

const VALUES: readonly (readonly [name: string, given: JsonObject, where: string, is: unknown])[] = [
  ['replicas', { replicas: 5 }, 'spec.replicas', 5],
  ['policyMaxStale', { policyMaxStale: '1h' }, 'containers.0.args.3', '--policy-max-stale=1h'],
  [
    'forwardAuthFrom',
    { forwardAuthFrom: ['10.0.0.7', 'fd00::/8'] },
    'containers.0.args.8',
    '--forward-auth-from=10.0.0.7,fd00::/8',
  ],
  ['resources', { resources: { limits: { cpu: '1' } } }, 'containers.0.resources', { limits: { cpu: '1' } }],
  ['podLabels', { podLabels: { a: 'b' } }, 'metadata.labels.a', 'b'],
  ['podAnnotations', { podAnnotations: { a: 'b' } }, 'metadata.annotations', { a: 'b' }],
  ['nodeSelector', { nodeSelector: { a: 'b' } }, 'nodeSelector', { a: 'b' }],
  ['tolerations', { tolerations: [{ operator: 'Exists' }] }, 'tolerations', [{ operator: 'Exists' }]],
  ['affinity', { affinity: { podAffinity: {} } }, 'affinity', { podAffinity: {} }],
  ['priorityClassName', { priorityClassName: 'high' }, 'priorityClassName', 'high'],
  ['no spread', { topologySpreadConstraints: [] }, 'topologySpreadConstraints', undefined],
  ['spread', { topologySpreadConstraints: [{ maxSkew: 2 }] }, 'topologySpreadConstraints.0.maxSkew', 2],
  ['spread by default', {}, 'topologySpreadConstraints.0.topologyKey', 'kubernetes.io/hostname'],
];

describe('a value of a gateway', () => {
  it.each(VALUES)('%s', async (_, given, where, is) => {
    const deployment = (await gatewaysOf({ ...edge, ...given })).one(`Deployment ${HOME}/${NAME}`);
    const places = [where, `spec.template.${where}`, `spec.template.spec.${where}`];
    const found = places.map((place) => at(deployment, place)).find((value) => value !== undefined);
    expect(found).toEqual(is);
  });

  it('name and namespace', async () => {
    const rendered = await gatewaysOf({ ...edge, name: 'public', namespace: 'edge', replicas: 1 });
    expect(rendered.ids.filter((id) => id.endsWith(' edge/public'))).toEqual([
      'Deployment edge/public',
      'NetworkPolicy edge/public',
      'Service edge/public',
      'ServiceAccount edge/public',
    ]);
    expect(pod(rendered, 'spec.containers.0.args.1', 'Deployment edge/public')).toBe(
      `--control-plane=https://portcullis-policy.${HOME}.svc`,
    );
  });

  it('takes what is the same for all pods from where it stands', async () => {
    const rendered = await render({
      gateways: [edge],
      listenHost: '[::]',
      image: { tag: '2', pullPolicy: 'Always' },
      imagePullSecrets: [{ name: 'registry' }],
      injection: { controlPlane: 'https://policy.example' },
      podSecurityContext: { runAsUser: 7 },
      networkPolicy: { metricsFrom: peers, policyFrom: peers },
      commonLabels: { team: 'edge' },
    });
    expect(pod(rendered, 'spec.containers.0')).toMatchObject({
      image: 'portcullis:2',
      imagePullPolicy: 'Always',
      args: expect.arrayContaining(['--control-plane=https://policy.example', '--http=[::]:9001']),
    });
    expect(pod(rendered, 'spec')).toMatchObject({
      imagePullSecrets: [{ name: 'registry' }],
      securityContext: { runAsUser: 7, runAsNonRoot: true, fsGroup: 65_532 },
    });
    expect(pod(rendered, 'metadata.labels.team')).toBe('edge');
    expect(at(rendered.one(`NetworkPolicy ${HOME}/${NAME}`), 'spec.ingress.1.from')).toEqual(peers);
  });

  it('can never keep its pods out of its own selectors, or have sidecars put into them', async () => {
    const podLabels = { 'app.kubernetes.io/name': 'other', 'portcullis.dev/inject': 'true' };
    const rendered = await gatewaysOf({ ...edge, podLabels });
    expect(pod(rendered, 'metadata.labels')).toMatchObject({
      'app.kubernetes.io/name': 'portcullis',
      'portcullis.dev/inject': 'false',
    });
  });

  it('stands where the operator looks, in namespaced mode', async () => {
    const gateways = [{ ...edge, namespace: 'edge' }];
    const rendered = await render({ gateways, watchNamespaces: ['shop', 'edge'] });
    expect(rendered.ids).toContain(`Deployment edge/${NAME}`);
    expect(await template({ gateways, watchNamespaces: ['shop'] })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('add edge to watchNamespaces, or set namespace'),
    });
    const outside = await render({ gateways, watchNamespaces: ['shop', 'edge'], render: 'ClusterScoped' });
    expect(outside.ids.filter((id) => id.includes('/'))).toEqual([]);
  });

  const refusals: readonly (readonly [gateways: readonly JsonObject[], says: string])[] = [
    [[{ name: 'public' }], "missing property 'gateway'"],
    [[{ gateway: 'public' }], "at '/gateways/0/gateway'"],
    [[{ ...edge, replica: 2 }], "additional properties 'replica' not allowed"],
    [[{ ...edge, replicas: 0 }], "at '/gateways/0/replicas'"],
    [[{ ...edge, name: 'Public' }], "at '/gateways/0/name'"],
    [[{ ...edge, policyMaxStale: 'long' }], "at '/gateways/0/policyMaxStale'"],
    [[{ ...edge, name: 'portcullis-policy' }], "name portcullis-policy is the operator's"],
    [[{ ...edge, tls: 'yes' }], "at '/gateways/0/tls'"],
    [[edge, { gateway: 'edge/internal' }], 'gateways[1] (edge/internal): name portcullis-gateway is that of'],
    [[{ ...edge, namespace: 'shop' }], "neither the release's (portcullis-system) nor the Gateway's (edge)"],
  ];
  it.each(refusals)('refuses %j', async (gateways, says) => {
    expect(await template({ gateways })).toMatchObject({ code: 1, stderr: expect.stringContaining(says) });
  });
});
