/** A real API server takes all that the chart renders, with no word against it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/matching/json.ts';
import { type ApiServer, startApiServer } from '../apiserver/harness.ts';
import { namespace } from './installed.ts';
import { at, HOME, render } from './render.ts';

const peer = [{ podSelector: {} }];

/** Everything but the ServiceMonitor, whose CRD is another project's. */
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
    },
  ],
];

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer();
  const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const namespaces = [namespace(HOME, restricted), namespace('shop'), namespace('web')];
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace: HOME, name: 'operator' },
  };
  expect(await dry([...namespaces, account], false)).toMatchObject({ code: 0 });
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
    const { code, stderr } = await makePod(values);
    expect([code, stderr]).toEqual([0, '']);
  });
});

it('the standard is held: a pod that does not meet it is refused', async () => {
  const { code, stderr } = await makePod({ podSecurityContext: { runAsUser: 0 } });
  expect([code, stderr]).toEqual([1, expect.stringContaining('violates PodSecurity "restricted')]);
});

/** The Deployment's pod, for there is no controller that would make it, nor its account. */
async function makePod(values: JsonObject) {
  const { one } = await render(values);
  const template = at(one(`Deployment ${HOME}/portcullis-operator`), 'spec.template.spec');
  const spec = { ...(isJsonObject(template) ? template : {}), serviceAccountName: 'operator' };
  const metadata = { name: 'operator', namespace: HOME };
  return dry([{ apiVersion: 'v1', kind: 'Pod', metadata, spec }]);
}
