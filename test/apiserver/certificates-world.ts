/** The operator's certificates on a real API server: an account that may do just what they need, and what they write. */

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { readSecretData } from '../../src/operator/certificates/authority.ts';
import { readBundle, type SeenBundle } from '../../src/operator/certificates/bundle.ts';
import type { Issuing } from '../../src/operator/certificates/issue.ts';
import type { CertificateDeps } from '../../src/operator/certificates/reconcile.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { type Connected, connectTo } from './connect.ts';
import { type ApiServer, kubectlOf } from './harness.ts';

export const HOME = 'portcullis-system';

export interface CertificatesWorld {
  /** The time by which certificates are made. */
  time: number;
  /** With the rights of `rules` alone. */
  readonly deps: CertificateDeps;
  readonly connected: Connected;
  /** May do all. */
  readonly admin: Connected;
  secret(name: string): Promise<Readonly<Record<string, string>>>;
  bundleIn(namespace: string): Promise<SeenBundle | undefined>;
  /** kubectl that must succeed. */
  kubectl(...args: readonly string[]): Promise<string>;
  apply(...objects: readonly object[]): Promise<string>;
  close(): Promise<void>;
}

const named = (...names: readonly string[]) => ({ resourceNames: names });
const secrets = { apiGroups: [''], resources: ['secrets'] };
const configMaps = { apiGroups: [''], resources: ['configmaps'] };

/** In the control plane's namespace. */
const homeRules = [
  { ...secrets, verbs: ['create'] },
  {
    ...secrets,
    verbs: ['get', 'list', 'watch', 'update', 'delete'],
    ...named('portcullis-ca', 'portcullis-tls'),
  },
];
/** Everywhere, or in each namespace that is served. */
const publishingRules = [
  { ...configMaps, verbs: ['create'] },
  { ...configMaps, verbs: ['list', 'watch', 'patch', 'delete'], ...named('portcullis-ca') },
];
const webhookRules = [
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
    verbs: ['get', 'patch'],
    ...named('portcullis'),
  },
];

export async function certificatesWorld(server: ApiServer): Promise<CertificatesWorld> {
  const admin = connectTo(server.kubeconfig);
  const kubectl = kubectlOf(server);
  const apply = (...objects: readonly object[]) =>
    kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));

  await apply(...accountWith());
  const token = (await kubectl(['create', 'token', 'operator', '-n', HOME])).trim();
  const kubeconfig = `${server.kubeconfig}-operator`;
  const copy = (await readFile(server.kubeconfig, 'utf8')).replaceAll(server.token, token);
  await writeFile(kubeconfig, copy, { mode: 0o600 });
  const connected = connectTo(kubeconfig);

  const issuing: Issuing = {
    now: () => world.time,
    randomBytes,
    newKey: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  };
  const world: CertificatesWorld = {
    time: Date.now(),
    deps: { client: connected.client, issuing, namespace: HOME, mayWrite: () => true },
    connected,
    admin,
    async secret(name) {
      const answer = await admin.client.get(RESOURCES.Secret, { namespace: HOME, name });
      return answer.kind === 'ok' ? readSecretData(answer.value.data) : {};
    },
    async bundleIn(namespace) {
      // As the operator sees it: it may list what has this name, and get nothing.
      const query = { namespace, fieldSelector: 'metadata.name=portcullis-ca' };
      const answer = await connected.client.list(RESOURCES.ConfigMap, query);
      if (answer.kind === 'failed') throw new Error(answer.error.message);
      const [found] = answer.value.items;
      return found && readBundle(found);
    },
    kubectl: async (...args) => (await kubectl(args)).trim(),
    apply,
    async close() {
      await Promise.all([connected.close(), admin.close()]);
    },
  };
  return world;
}

function accountWith(): readonly object[] {
  const rbac = 'rbac.authorization.k8s.io';
  const api = { apiVersion: `${rbac}/v1` };
  const subjects = [{ kind: 'ServiceAccount', name: 'operator', namespace: HOME }];
  const metadata = { name: 'operator', namespace: HOME };
  const roleRef = (kind: string) => ({ apiGroup: rbac, kind, name: 'operator' });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: HOME } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { ...api, kind: 'Role', metadata, rules: homeRules },
    { ...api, kind: 'RoleBinding', metadata, subjects, roleRef: roleRef('Role') },
    {
      ...api,
      kind: 'ClusterRole',
      metadata: { name: 'operator' },
      rules: [...publishingRules, ...webhookRules],
    },
    {
      ...api,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'operator' },
      subjects,
      roleRef: roleRef('ClusterRole'),
    },
  ];
}
