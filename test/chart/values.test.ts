/** Each value of the chart that changes something, and values that are refused. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import type { JsonObject } from '../../src/base/json.ts';
import { ENVOY_IMAGE } from '../../src/injection/images.ts';
import { operatorRules } from './rbac.ts';
import { at, CHART, HOME, render, template } from './render.ts';

const DEPLOYMENT = `Deployment ${HOME}/portcullis-operator`;

describe('a value', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const peer = [{ podSelector: {} }];
  const ownLabels = { 'app.kubernetes.io/name': 'portcullis', 'app.kubernetes.io/instance': 'portcullis' };
  const ownPods = { namespaceSelector: {}, podSelector: { matchLabels: ownLabels } };
  const cases: readonly (readonly [name: string, values: JsonObject, where: string, is: unknown])[] = [
    ['no image', {}, 'containers.0.image', `portcullis:${manifest.version}`],
    ['tag', { image: { repository: 'r.example/p', tag: '2' } }, 'containers.0.image', 'r.example/p:2'],
    [
      'repository with a port',
      { image: { repository: 'r.example:5000/a/p_b', tag: '2' } },
      'containers.0.image',
      'r.example:5000/a/p_b:2',
    ],
    ['digest', { image: { tag: '2', digest } }, 'containers.0.image', `portcullis@${digest}`],
    ['pullPolicy', { image: { pullPolicy: 'Never' } }, 'containers.0.imagePullPolicy', 'Never'],
    ['imagePullSecrets', { imagePullSecrets: [{ name: 'a' }] }, 'imagePullSecrets', [{ name: 'a' }]],
    ['listenHost', { listenHost: '[::]' }, 'containers.0.args.2', '--webhook=[::]:9443'],
    ['allowInsecureHttp', { allowInsecureHttp: true }, 'containers.0.args.8', '--allow-insecure-http'],
    [
      'fetchDenyCIDRs',
      { fetchDenyCIDRs: ['10.0.0.0/8', '::1/128'] },
      'containers.0.args.8',
      '--fetch-deny-cidrs=10.0.0.0/8,::1/128',
    ],
    ['no fetchDenyCIDRs', { fetchDenyCIDRs: [] }, 'containers.0.args.8', '--fetch-deny-cidrs='],
    ['the image, for pods', { image: { tag: '2' } }, 'containers.0.args.8', '--image=portcullis:2'],
    ['no injection.envoyImage', {}, 'containers.0.args.9', `--envoy-image=${ENVOY_IMAGE}`],
    [
      'injection.envoyImage',
      { injection: { envoyImage: { repository: 'r.example/envoy', tag: 'v2' } } },
      'containers.0.args.9',
      '--envoy-image=r.example/envoy:v2',
    ],
    [
      'injection.envoyImage.digest',
      { injection: { envoyImage: { digest } } },
      'containers.0.args.9',
      `--envoy-image=envoyproxy/envoy@${digest}`,
    ],
    [
      'injection.imagePullPolicy',
      { injection: { imagePullPolicy: 'Never' } },
      'containers.0.args.10',
      '--image-pull-policy=Never',
    ],
    [
      'injection.imagePullSecrets',
      { injection: { imagePullSecrets: [{ name: 'a' }] } },
      'containers.0.args.10',
      '--image-pull-secret=a',
    ],
    [
      'injection.controlPlane',
      { injection: { controlPlane: 'https://p.example' } },
      'containers.0.args.10',
      '--control-plane=https://p.example',
    ],
    [
      'no injection: what was made by hand is compared with the image',
      { injection: { enabled: false }, image: { tag: '2' } },
      'containers.0.args.8',
      '--image=portcullis:2',
    ],
    ['extraEnv', { extraEnv: [{ name: 'A', value: 'b' }] }, 'containers.0.env.3', { name: 'A', value: 'b' }],
    ['resources', { resources: { limits: { cpu: '1' } } }, 'containers.0.resources.limits.cpu', '1'],
    ['podSecurityContext', { podSecurityContext: { runAsUser: 7 } }, 'securityContext.runAsUser', 7],
    ['nodeSelector', { nodeSelector: { a: 'b' } }, 'nodeSelector', { a: 'b' }],
    ['tolerations', { tolerations: [{ operator: 'Exists' }] }, 'tolerations', [{ operator: 'Exists' }]],
    ['affinity', { affinity: { podAffinity: {} } }, 'affinity', { podAffinity: {} }],
    ['priorityClassName', { priorityClassName: 'high' }, 'priorityClassName', 'high'],
    ['no spread', { topologySpreadConstraints: [] }, 'topologySpreadConstraints', undefined],
    ['spread', { topologySpreadConstraints: [{ maxSkew: 2 }] }, 'topologySpreadConstraints.0.maxSkew', 2],
    ['spread by default', {}, 'topologySpreadConstraints.0.topologyKey', 'kubernetes.io/hostname'],
  ];
  it.each(cases)('of the pod: %s', async (_, values, where, is) => {
    const rendered = await render(values);
    expect(at(rendered.one(DEPLOYMENT), `spec.template.spec.${where}`)).toEqual(is);
  });

  const others: readonly (readonly [
    name: string,
    values: JsonObject,
    id: string,
    where: string,
    is: unknown,
  ])[] = [
    ['replicas', { replicas: 3 }, DEPLOYMENT, 'spec.replicas', 3],
    [
      'podAnnotations',
      { podAnnotations: { a: 'b' } },
      DEPLOYMENT,
      'spec.template.metadata.annotations.a',
      'b',
    ],
    ['podLabels', { podLabels: { a: 'b' } }, DEPLOYMENT, 'spec.template.metadata.labels.a', 'b'],
    [
      'serviceAccount.annotations',
      { serviceAccount: { annotations: { a: 'b' } } },
      `ServiceAccount ${HOME}/portcullis-operator`,
      'metadata.annotations.a',
      'b',
    ],
    [
      'networkPolicy.policyFrom',
      { networkPolicy: { policyFrom: peer } },
      `NetworkPolicy ${HOME}/portcullis-operator`,
      'spec.ingress.1.from',
      [...peer, ownPods],
    ],
    [
      'networkPolicy.metricsFrom',
      { networkPolicy: { metricsFrom: peer } },
      `NetworkPolicy ${HOME}/portcullis-operator`,
      'spec.ingress.2.from',
      peer,
    ],
    [
      'networkPolicy.egress',
      { networkPolicy: { egress: [{ to: peer }] } },
      `NetworkPolicy ${HOME}/portcullis-operator`,
      'spec.policyTypes',
      ['Ingress', 'Egress'],
    ],
    [
      'serviceMonitor',
      { serviceMonitor: { enabled: true, interval: '5s', labels: { release: 'prometheus' } } },
      `ServiceMonitor ${HOME}/portcullis-operator`,
      'spec.endpoints',
      [{ port: 'admin', path: '/metrics', interval: '5s', honorLabels: true }],
    ],
  ];
  it.each(others)('%s', async (_, values, id, where, is) => {
    expect(at((await render(values)).one(id), where)).toEqual(is);
  });

  it('takes objects away', async () => {
    const kinds = async (values: JsonObject) => (await render(values)).ids.map((id) => id.split(' ')[0]);
    expect(await kinds({ networkPolicy: { enabled: false } })).not.toContain('NetworkPolicy');
    expect(await kinds({ podDisruptionBudget: { enabled: false } })).not.toContain('PodDisruptionBudget');
    expect(await kinds({ replicas: 1 })).not.toContain('PodDisruptionBudget');
  });

  it('says which Secrets and ConfigMaps may be read', async () => {
    const rules = async (values: JsonObject) => operatorRules((await render(values)).objects);
    const read = ['get', 'list', 'watch'];
    const cluster = 'ClusterRole portcullis-operator';
    const configMaps = read.map((verb) => `${verb} configmaps`);
    expect((await rules({})).get(cluster)).toEqual(expect.arrayContaining(configMaps));
    const narrow = await rules({
      secretAccess: { namespaces: ['shop'] },
      configMapAccess: { namespaces: ['web'] },
    });
    expect(narrow.get(cluster)?.filter((right) => configMaps.includes(right))).toEqual([]);
    expect(narrow.get('Role shop/portcullis-operator-secrets')).toEqual(
      read.map((verb) => `${verb} secrets`),
    );
    expect(narrow.get('Role web/portcullis-operator-configmaps')).toEqual(configMaps);
    const nowhere = await rules({ configMapAccess: { namespaces: [] } });
    expect([...nowhere.keys()]).toEqual([cluster, `Role ${HOME}/portcullis-operator`]);
  });

  it('never takes a pod out of the selector', async () => {
    const podLabels = { 'app.kubernetes.io/name': 'other' };
    const labels = at((await render({ podLabels })).one(DEPLOYMENT), 'spec.template.metadata.labels');
    expect(labels).toMatchObject({ 'app.kubernetes.io/name': 'portcullis' });
  });
});

describe('values.schema.json', () => {
  const refusals: readonly (readonly [values: JsonObject, says: string])[] = [
    [{ replica: 3 }, "additional properties 'replica' not allowed"],
    [{ replicas: 0 }, "at '/replicas'"],
    [{ secretAccess: { namespaces: ['*'] } }, "at '/secretAccess/namespaces/0'"],
    [{ secretAccess: { namespace: ['shop'] } }, "additional properties 'namespace' not allowed"],
    [{ watchNamespaces: ['shop', 'shop'] }, "at '/watchNamespaces'"],
    [{ watchNamespaces: 'shop' }, "at '/watchNamespaces'"],
    [{ render: 'Some' }, "at '/render'"],
    [{ image: { digest: 'sha256:abc' } }, "at '/image/digest'"],
    [{ image: { repository: 'r.example/p:1 ' } }, "at '/image/repository'"],
    // The tag stands apart, or the image's name would have two.
    [{ image: { repository: 'r.example/p:1' } }, "at '/image/repository'"],
    [{ injection: { envoyImage: { repository: 'envoy:v1' } } }, "at '/injection/envoyImage/repository'"],
    [{ listenHost: '::' }, "at '/listenHost'"],
    [{ fetchDenyCIDRs: ['10.0.0.1'] }, "at '/fetchDenyCIDRs/0'"],
    [{ serviceMonitor: { interval: 'often' } }, "at '/serviceMonitor/interval'"],
    [{ crds: { keep: 'yes' } }, "at '/crds/keep'"],
    [{ commonLabels: { team: 'a b' } }, "at '/commonLabels/team'"],
    [{ podLabels: { '-a': 'b' } }, "at '/podLabels': additional properties '-a' not allowed"],
    [{ podMonitor: { interval: '30' } }, "at '/podMonitor/interval'"],
    [{ dashboard: { label: {} } }, "additional properties 'label' not allowed"],
    [{ injection: { enable: true } }, "additional properties 'enable' not allowed"],
    [{ injection: { envoyImage: { tag: '' } } }, "at '/injection/envoyImage"],
    [{ injection: { imagePullPolicy: 'never' } }, "at '/injection/imagePullPolicy'"],
    [{ injection: { controlPlane: 'http://p.example' } }, "at '/injection/controlPlane'"],
  ];
  it.each(refusals)('refuses %j', async (values, says) => {
    expect(await template(values)).toMatchObject({ code: 1, stderr: expect.stringContaining(says) });
  });

  it('knows the values that there are, and no others', () => {
    const values = parse(readFileSync(path.join(CHART, 'values.yaml'), 'utf8'));
    const schema = JSON.parse(readFileSync(path.join(CHART, 'values.schema.json'), 'utf8'));
    const { global: _, ...properties } = schema.properties;
    expect(Object.keys(properties)).toEqual(Object.keys(values));
    for (const [name, property] of Object.entries<JsonObject>(properties)) {
      if (property.properties === undefined) continue;
      expect(Object.keys(property.properties as JsonObject), name).toEqual(Object.keys(values[name]));
    }
  });
});
