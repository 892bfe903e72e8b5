/** The command line as people run it against a real API server: one user who may do all, and one who may look at one namespace. */

import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Result, run } from '../../tools/run.ts';
import { type ApiServer, kubectlOf, startApiServer } from './harness.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = path.join(root, 'src/cli/main.ts');

export interface CliWorld {
  readonly server: ApiServer;
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  apply(...objects: readonly object[]): Promise<void>;
  /** Sets the status of an object. */
  applyStatus(kind: string, id: string, status: object): Promise<void>;
  /** With all rights. */
  admin(...args: readonly string[]): Promise<Result>;
  /** With the rights of the role view in the namespace `shop` alone, by an exec credential plugin. */
  viewer(...args: readonly string[]): Promise<Result>;
  readonly viewersKubeconfig: string;
  close(): Promise<void>;
}

const API_VERSION = 'portcullis.dev/v1alpha1';

export async function cliWorld(): Promise<CliWorld> {
  const server = await startApiServer();
  const kubectl = kubectlOf(server);
  await kubectl(['apply', '--server-side', '-f', path.join(root, 'crds')]);
  await kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', path.join(root, 'crds')]);
  const apply = async (...items: readonly object[]): Promise<void> => {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], list);
  };
  await apply(...VIEWER);
  const kubeconfig = await viewersKubeconfig(
    server,
    (await kubectl(['create', 'token', 'viewer', '-n', 'shop'])).trim(),
  );
  const command =
    (file: string) =>
    (...args: readonly string[]): Promise<Result> =>
      run(process.execPath, [MAIN, ...args], { env: { ...process.env, KUBECONFIG: file } });
  return {
    server,
    kubectl,
    apply,
    async applyStatus(kind, id, status) {
      const [namespace, name] = id.split('/');
      const object = { apiVersion: API_VERSION, kind, metadata: { namespace, name }, status };
      const flags = ['--server-side', '--subresource=status', '--force-conflicts', '-f', '-'];
      await kubectl(['apply', ...flags], JSON.stringify(object));
    },
    admin: command(server.kubeconfig),
    viewer: command(kubeconfig),
    viewersKubeconfig: kubeconfig,
    close: () => server.stop(),
  };
}

const VIEWER = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'shop', name: 'viewer' } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'portcullis-view' },
    rules: [
      {
        apiGroups: ['portcullis.dev'],
        resources: ['authenticationsources', 'apibindings'],
        verbs: ['get', 'list', 'watch'],
      },
    ],
  },
  // The cluster's own role view adds these up, by a controller that does not run here.
  ...['portcullis-view', 'system:aggregate-to-view'].map((name) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { namespace: 'shop', name: name.replace(':', '-') },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'viewer' }],
  })),
];

async function viewersKubeconfig(server: ApiServer, token: string): Promise<string> {
  const folder = path.dirname(server.kubeconfig);
  const plugin = path.join(folder, 'credentials');
  const answer = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } };
  await writeFile(plugin, `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`);
  await chmod(plugin, 0o700);
  const config = JSON.parse(await readFile(server.kubeconfig, 'utf8')) as {
    users: { user: object }[];
    contexts: { context: object }[];
  };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: plugin,
    interactiveMode: 'Never',
  };
  config.users = [{ ...config.users[0], user: { exec } }];
  config.contexts = config.contexts.map((entry) => ({
    ...entry,
    context: { ...entry.context, namespace: 'shop' },
  }));
  const file = path.join(folder, 'kubeconfig-viewer');
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

/** Of status, as the operator writes them. */
export const readyStatus = (status: string, reason: string, message: string, more: object = {}): object => ({
  observedGeneration: 1,
  conditions: [
    {
      type: 'Ready',
      status,
      reason,
      message,
      observedGeneration: 1,
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ],
  ...more,
});
