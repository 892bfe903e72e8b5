/** What the chart renders by default, in namespaced mode, and of CRDs and webhooks. */
import { readdirSync, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import type { JsonObject } from '../../src/matching/json.ts';
import { validatingWebhookConfiguration } from '../../src/operator/admission/configuration.ts';
import { temporaryFolder } from '../support/server.ts';
import { at, CHART, HOME, helm, type Rendered, render } from './render.ts';

const DEPLOYMENT = `Deployment ${HOME}/portcullis-operator`;
const WEBHOOK = 'ValidatingWebhookConfiguration portcullis';
const crds = fileURLToPath(new URL('../../crds', import.meta.url));

let plain: Rendered;
beforeAll(async () => {
  plain = await render();
});

const args = (rendered: Rendered) => at(rendered.one(DEPLOYMENT), 'spec.template.spec.containers.0.args');

describe('the chart', () => {
  it('has nothing that helm lint would say against it', async () => {
    expect(await helm(['lint', '--strict', CHART])).toMatchObject({ code: 0 });
  });

  it('has the version of the product', () => {
    const { version, appVersion } = parse(readFileSync(path.join(CHART, 'Chart.yaml'), 'utf8'));
    expect([version, appVersion]).toEqual([manifest.version, manifest.version]);
  });

  it('refuses a Kubernetes that is too old', async () => {
    const { code, stderr } = await helm(['template', 'portcullis', CHART, '--kube-version', '1.30.9']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('>=1.31.0-0')]);
  });

  it('renders for the whole cluster', () => {
    expect(plain.ids).toEqual([
      'ClusterRole portcullis-admin',
      'ClusterRole portcullis-edit',
      'ClusterRole portcullis-operator',
      'ClusterRole portcullis-view',
      'ClusterRoleBinding portcullis-operator',
      'CustomResourceDefinition apibindings.portcullis.dev',
      'CustomResourceDefinition authenticationsources.portcullis.dev',
      'Deployment portcullis-system/portcullis-operator',
      'NetworkPolicy portcullis-system/portcullis-operator',
      'PodDisruptionBudget portcullis-system/portcullis-operator',
      'Role portcullis-system/portcullis-operator',
      'RoleBinding portcullis-system/portcullis-operator',
      'Service portcullis-system/portcullis-policy',
      'Service portcullis-system/portcullis-webhook',
      'ServiceAccount portcullis-system/portcullis-operator',
      WEBHOOK,
    ]);
  });

  it('tells the next command', async () => {
    const install = ['install', 'portcullis', CHART, '--dry-run=client', '--namespace', HOME];
    const cluster = await helm(install);
    expect(cluster.stdout).toContain(`kubectl -n ${HOME} rollout status deployment/portcullis-operator`);
    expect(cluster.stdout).toContain('kubectl get authsource,apibinding -A');
    const namespaced = await helm([...install, '--set', 'watchNamespaces={shop,web}']);
    expect(namespaced.stdout).toContain('kubectl get authsource,apibinding -n shop');
    expect(namespaced.stdout).toContain(
      "--set 'watchNamespaces={shop,web}' \\\n    --set render=ClusterScoped",
    );
    const outside = await helm([...install, '--set', 'render=ClusterScoped,watchNamespaces={shop}']);
    expect(outside.stdout).toContain('Next, the operator in its namespace');
  });
});

describe('the webhook configuration', () => {
  const server = { kind: 'service', namespace: HOME, name: 'portcullis-webhook', port: 443 } as const;
  const namespaces = ['shop', 'web'];

  it('is the one that the operator is written for', () => {
    const { labels: _, ...metadata } = plain.one(WEBHOOK).metadata as JsonObject;
    expect({ ...plain.one(WEBHOOK), metadata }).toEqual(
      validatingWebhookConfiguration({ name: 'portcullis', server }),
    );
  });

  it('asks of the watched namespaces alone', async () => {
    const rendered = await render({ watchNamespaces: namespaces, render: 'ClusterScoped' });
    const name = `portcullis-${HOME}`;
    expect(rendered.one(`ValidatingWebhookConfiguration ${name}`).webhooks).toEqual(
      validatingWebhookConfiguration({ name, server, namespaces }).webhooks,
    );
  });
});

describe('CRDs', () => {
  const files = readdirSync(crds).map((file) => parse(readFileSync(path.join(crds, file), 'utf8')));
  const policyOf = (crd: JsonObject) =>
    (at(crd, 'metadata.annotations') as JsonObject | undefined)?.['helm.sh/resource-policy'];

  it('are those of crds/, and stay when the release goes', () => {
    expect(files).toHaveLength(2);
    for (const file of files) {
      const rendered = plain.one(`CustomResourceDefinition ${file.metadata.name}`);
      expect(rendered.spec).toEqual(file.spec);
      expect(policyOf(rendered)).toBe('keep');
    }
  });

  it('go with the release, or do not come with it', async () => {
    const rendered = await render({ crds: { keep: false } });
    expect(policyOf(rendered.one('CustomResourceDefinition apibindings.portcullis.dev'))).toBeUndefined();
    expect((await render({ crds: { enabled: false } })).text).not.toContain('CustomResourceDefinition');
  });

  it('are in the packaged chart', async () => {
    const folder = await temporaryFolder('package');
    await helm(['package', CHART, '--destination', folder.path]);
    const packed = path.join(folder.path, `portcullis-${manifest.version}.tgz`);
    const { stdout } = await helm(['template', 'portcullis', packed, '--namespace', HOME]);
    await folder.remove();
    expect(stdout).toBe(plain.text);
  });

  it('are missed where the link to them got lost', async () => {
    const folder = await temporaryFolder('unlinked');
    const copy = path.join(folder.path, 'portcullis');
    await cp(CHART, copy, { recursive: true, filter: (file) => !file.endsWith('/files/crds') });
    const { code, stderr } = await helm(['template', 'portcullis', copy]);
    await folder.remove();
    expect([code, stderr]).toEqual([1, expect.stringContaining('the chart has lost its CRDs')]);
  });
});

describe('roles for people', () => {
  const write = ['create', 'update', 'patch', 'delete'];
  it.each([
    ['view', ['get', 'list', 'watch']],
    ['edit', write],
    ['admin', [...write, 'deletecollection']],
  ])('%s is added to the role of the cluster', (name, verbs) => {
    const role = plain.one(`ClusterRole portcullis-${name}`);
    expect(at(role, 'metadata.labels')).toMatchObject({
      [`rbac.authorization.k8s.io/aggregate-to-${name}`]: 'true',
    });
    const resources = ['authenticationsources', 'apibindings'];
    expect(role.rules).toEqual([{ apiGroups: ['portcullis.dev'], resources, verbs }]);
  });
});

describe('namespaced mode', () => {
  const watchNamespaces = ['shop', 'web'];

  it('renders nothing outside namespaces', async () => {
    const rendered = await render({ watchNamespaces });
    expect(rendered.ids.every((id) => id.includes('/'))).toBe(true);
    expect(rendered.ids.filter((id) => /^Role /.test(id))).toEqual([
      `Role ${HOME}/portcullis-operator`,
      'Role shop/portcullis-operator-watch',
      'Role web/portcullis-operator-watch',
    ]);
    expect(args(rendered)).toContain('--watch-namespaces=shop,web');
    expect(args(rendered)).toContain(`--webhook-configuration=portcullis-${HOME}`);
  });

  it('leaves to an administrator what stands outside, with no right to read anything', async () => {
    const rendered = await render({ watchNamespaces, render: 'ClusterScoped' });
    expect(rendered.ids.every((id) => !id.includes('/'))).toBe(true);
    expect(rendered.one(`ClusterRole portcullis-${HOME}-operator`).rules).toEqual([
      { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
        resourceNames: [`portcullis-${HOME}`],
        verbs: ['get', 'patch'],
      },
    ]);
  });

  it('comes in one piece where both may be installed at once', async () => {
    const halves = [
      ...(await render({ watchNamespaces })).ids,
      ...(await render({ watchNamespaces, render: 'ClusterScoped' })).ids,
    ];
    expect((await render({ watchNamespaces, render: 'All' })).ids).toEqual(halves.toSorted());
  });
});
