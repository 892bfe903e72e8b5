/** A real API server takes all that the chart renders, with no word against it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type ApiServer, startApiServer } from '../apiserver/harness.ts';
import { namespace } from './installed.ts';
import { at, HOME, render } from './render.ts';

const peer = [{ podSelector: {} }];

/** Everything but what is of other projects' kinds: their monitors and certificates. */
const configurations: readonly (readonly [name: string, values: JsonObject])[] = [
  ['the defaults', {}],
  ['namespaced mode', { watchNamespaces: ['shop', 'web'], render: 'All' }],
  [
    'all that can be said',
    {
      image: { repository: 'r.example/portcullis', digest: `sha256:${'0'.repeat(64)}` },
      imagePullSecrets: [{ name: 'registry' }],
      replicas: 3,
      listenHost: '[::]',
      allowInsecureHttp: true,
      fetchDenyCIDRs: ['10.0.0.0/8'],
      extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example:3128' }],
      secretAccess: { namespaces: ['shop'] },
      configMapAccess: { namespaces: ['shop', 'web'] },
      serviceAccount: { annotations: { a: 'b' } },
      podAnnotations: { a: 'b' },
      podLabels: { a: 'b' },
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ key: 'a', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      priorityClassName: 'system-cluster-critical',
      networkPolicy: { policyFrom: peer, metricsFrom: peer, egress: [{ to: peer }] },
      commonLabels: { team: 'edge' },
      dashboard: { enabled: true, annotations: { grafana_folder: 'Portcullis' } },
      gateways: [
        {
          gateway: 'edge/public',
          namespace: 'edge',
          clients: peer,
          podLabels: { a: 'b' },
          tolerations: [{ key: 'a', operator: 'Exists' }],
          priorityClassName: 'system-cluster-critical',
        },
        { gateway: 'edge/internal', name: 'internal' },
      ],
    },
  ],
];

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer();
  const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const namespaces = [
    ...[namespace(HOME, restricted), namespace('edge', restricted)],
    ...[namespace('shop'), namespace('web')],
  ];
  // Which a controller makes in a cluster.
  const accounts = [HOME, 'edge'].map((place) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace: place, name: 'default' },
  }));
  expect(await dry([...namespaces, ...accounts], false)).toMatchObject({ code: 0 });
});
afterAll(() => server?.stop());

async function dry(objects: readonly JsonObject[], isDry = true) {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const args = [
    'apply',
    '--server-side',
    '--validate=strict',
    '-f',
    '-',
    ...(isDry ? ['--dry-run=server'] : []),
  ];
  return server.kubectl(args, list);
}

describe.each(configurations)('%s', (_, values) => {
  it('can be applied', async () => {
    const { objects } = await render(values);
    const { code, stdout, stderr } = await dry(objects);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trim().split('\n')).toHaveLength(objects.length);
  });

  it('makes pods that meet the restricted Pod Security Standard', async () => {
    const { code, stderr } = await makePods(values);
    expect([code, stderr]).toEqual([0, '']);
  });
});

it('the standard is held: a pod that does not meet it is refused', async () => {
  const { code, stderr } = await makePods({ podSecurityContext: { runAsUser: 0 } });
  expect([code, stderr]).toEqual([1, expect.stringContaining('violates PodSecurity "restricted')]);
});

/** The Deployments' pods, for there is no controller that would make them, nor their accounts. */
async function makePods(values: JsonObject) {
  const deployments = (await render(values)).objects.filter(({ kind }) => kind === 'Deployment');
  const pods = deployments.map((deployment): JsonObject => {
    const { name, namespace: place } = deployment.metadata as JsonObject;
    const spec = { ...(at(deployment, 'spec.template.spec') as JsonObject), serviceAccountName: 'default' };
    return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: place }, spec } as JsonObject;
  });
  return dry(pods);
}
