/** What the chart renders by default, in namespaced mode, and of CRDs and webhooks. */
import { readdirSync, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import type { JsonObject } from '../../src/base/json.ts';
import { validatingWebhookConfiguration } from '../../src/operator/admission/configuration.ts';
import { mutatingWebhookConfiguration } from '../../src/operator/injection/configuration.ts';
import { temporaryFolder } from '../support/server.ts';
import { at, CHART, HOME, helm, type Rendered, render } from './render.ts';

const DEPLOYMENT = `Deployment ${HOME}/portcullis-operator`;
const INJECTOR = 'MutatingWebhookConfiguration portcullis';
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
      'Job portcullis-system/portcullis-uninstall',
      INJECTOR,
      'NetworkPolicy portcullis-system/portcullis-operator',
      'Pod portcullis-system/portcullis-test',
      'PodDisruptionBudget portcullis-system/portcullis-operator',
      'Role portcullis-system/portcullis-operator',
      'RoleBinding portcullis-system/portcullis-operator',
      'Service portcullis-system/portcullis-policy',
      'Service portcullis-system/portcullis-webhook',
      'ServiceAccount portcullis-system/portcullis-operator',
      'ValidatingAdmissionPolicy portcullis-operator',
      'ValidatingAdmissionPolicyBinding portcullis-operator',
      WEBHOOK,
    ]);
  });

  it('tells the next command', async () => {
    const install = ['install', 'portcullis', CHART, '--dry-run=client', '--namespace', HOME];
    const cluster = await helm(install);
    expect(cluster.stdout).toContain(`kubectl -n ${HOME} rollout status deployment/portcullis-operator`);
    expect(cluster.stdout).toContain(`helm test portcullis --namespace ${HOME}`);
    expect(cluster.stdout).toContain('kubectl label namespace NAMESPACE portcullis.dev/injection=enabled');
    expect(cluster.stdout).toContain('kubectl rollout restart deployment/NAME -n NAMESPACE');
    expect(cluster.stdout).toContain('kubectl get authsource,apibinding -A');
    expect(cluster.stdout).toContain(`start only on nodes that have portcullis:${manifest.version} already`);
    expect(cluster.stdout).toContain('Sources that refer to Secrets need secretAccess.namespaces');
    const namespaced = await helm([...install, '--set', 'watchNamespaces={shop,web}']);
    expect(namespaced.stdout).toContain('kubectl label namespace shop portcullis.dev/injection=enabled');
    expect(namespaced.stdout).toContain('kubectl get authsource,apibinding -n shop');
    expect(namespaced.stdout).toContain(
      "--set 'watchNamespaces={shop,web}' \\\n    --set render=ClusterScoped",
    );
    const outside = await helm([...install, '--set', 'render=ClusterScoped,watchNamespaces={shop}']);
    expect(outside.stdout).toContain('Next, the operator in its namespace');
    const pushed = await helm([...install, '--set', 'image.repository=r.example/p,injection.enabled=false']);
    expect(pushed.stdout).not.toContain('start only on nodes');
    expect(pushed.stdout).toContain('no pod gets a guard');
    const gateway = await helm([...install, '--set', 'gateways[0].gateway=edge/public']);
    expect(gateway.stdout).toContain(
      `--gateway edge/public --address portcullis-gateway.${HOME}.svc.cluster.local:9002`,
    );
  });

  it('has its labels, and yours, on everything', async () => {
    const values = {
      commonLabels: { team: 'edge', 'app.kubernetes.io/name': 'other' },
      gateways: [{ gateway: 'edge/public' }],
      serviceMonitor: { enabled: true },
      podMonitor: { enabled: true },
      dashboard: { enabled: true },
      certificates: { source: 'CertManager' },
    };
    for (const object of (await render(values)).objects) {
      const places = [
        'metadata.labels',
        ...(object.kind === 'Deployment' ? ['spec.template.metadata.labels'] : []),
      ];
      for (const place of places) {
        expect(at(object, place), JSON.stringify(object.metadata)).toMatchObject({
          team: 'edge',
          'app.kubernetes.io/name': 'portcullis',
          'app.kubernetes.io/part-of': 'portcullis',
          'app.kubernetes.io/version': manifest.version,
        });
      }
    }
  });

  it('lets a replica answer until nobody asks it any more', () => {
    const place = 'spec.template.spec';
    expect(at(plain.one(DEPLOYMENT), `${place}.containers.0.lifecycle.preStop.sleep.seconds`)).toBe(5);
    // Five seconds, and as many for the operator to end in.
    expect(at(plain.one(DEPLOYMENT), `${place}.terminationGracePeriodSeconds`)).toBeGreaterThanOrEqual(10);
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
    expect({ ...plain.one(INJECTOR), metadata }).toEqual(
      mutatingWebhookConfiguration({ name: 'portcullis', server }),
    );
  });

  it('leaves pods alone where injection is off', async () => {
    const rendered = await render({ injection: { enabled: false } });
    expect(rendered.ids).not.toContain(INJECTOR);
    expect(JSON.stringify(rendered.one(WEBHOOK))).not.toContain('"pods"');
  });

  it('asks of the watched namespaces alone', async () => {
    const rendered = await render({ watchNamespaces: namespaces, render: 'ClusterScoped' });
    const name = `portcullis-${HOME}`;
    expect(rendered.one(`ValidatingWebhookConfiguration ${name}`).webhooks).toEqual(
      validatingWebhookConfiguration({ name, server, namespaces }).webhooks,
    );
    expect(rendered.one(`MutatingWebhookConfiguration ${name}`).webhooks).toEqual(
      mutatingWebhookConfiguration({ name, server, namespaces }).webhooks,
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
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
        resourceNames: [`portcullis-${HOME}`],
        verbs: ['get', 'list', 'watch', 'patch'],
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
