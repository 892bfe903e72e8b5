/** `portcullis status` against a real API server, by users of different rights. */

import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CliWorld, cliWorld, readyStatus } from './cli-world.ts';
import { kubeconfigFor } from './connect.ts';

let world: CliWorld;

const ours = (kind: string, namespace: string, name: string, spec: object) => ({
  apiVersion: 'portcullis.dev/v1alpha1',
  kind,
  metadata: { namespace, name },
  spec,
});
const core = (kind: string, namespace: string, name: string, spec: object, labels: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { namespace, name, labels },
  spec,
});

beforeAll(async () => {
  world = await cliWorld();
  const account = { serviceAccountName: 'viewer', automountServiceAccountToken: false };
  await world.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } },
    ours('AuthenticationSource', 'shop', 'okta', {
      jwt: { issuer: 'https://okta.example', audiences: ['api'] },
    }),
    ours('ApiBinding', 'shop', 'orders', {
      targetRefs: [{ kind: 'Service', name: 'orders' }],
      sources: [{ name: 'okta' }],
    }),
    ours('ApiBinding', 'other', 'pay', {
      targetRefs: [{ kind: 'Service', name: 'pay' }],
      sources: [{ name: 'okta' }],
    }),
    core('Service', 'shop', 'orders', {
      selector: { app: 'orders' },
      ports: [{ name: 'http', port: 80, targetPort: 8080 }],
    }),
    core(
      'Pod',
      'shop',
      'orders-1',
      {
        ...account,
        nodeName: 'node',
        containers: [{ name: 'app', image: 'app', ports: [{ containerPort: 8080 }] }],
      },
      { app: 'orders' },
    ),
  );
  const { kubectl } = world;
  await world.applyStatus('AuthenticationSource', 'shop/okta', readyStatus('True', 'Ready', 'fine'));
  // As an issuer or a manifest's author might try it on the reader's terminal.
  const evil = `no validator\u001b]0;x\u0007\u001b[2J\u202e\nrestart it`;
  await world.applyStatus('ApiBinding', 'shop/orders', readyStatus('False', 'PodsUnguarded', evil));
  expect(await kubectl(['get', 'apibinding', '-A', '-o', 'name'])).toContain('orders');
});
afterAll(() => world?.close());

it('shows what the operator says, and what it has not looked at, in all namespaces', async () => {
  expect(await world.admin('status', '-A')).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      'namespace other',
      '└─ ? ApiBinding pay  Pending',
      '     The operator has not looked at it so far: see whether it runs (portcullis check).',
      'namespace shop',
      '├─ ✓ AuthenticationSource okta  Ready, https://okta.example, 0 keys, used by no binding',
      '└─ ✗ ApiBinding orders  PodsUnguarded',
      '   │  no validator ]0;x [2J restart it',
      '   └─ ✗ Pod orders-1  no validator: restart its workload',
      '',
      '1 source, all well; 2 bindings, 2 to look at',
      '',
    ].join('\n'),
  });
});

it('needs no more than the right to look at one namespace, by a credential plugin', async () => {
  const { code, stdout, stderr } = await world.viewer('status');
  expect(stdout).toContain('ApiBinding orders');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it('says of each thing that it could not be read, and shows nothing in its place', async () => {
  const { code, stdout, stderr } = await world.viewer('status', '-n', 'other');
  expect(stdout).toBe('0 sources; 0 bindings\n');
  expect(stderr).toContain(
    'portcullis: cannot list apibindings in namespace other: forbidden; nothing is said of',
  );
  expect(stderr).toContain('portcullis: cannot list pods in namespace other: forbidden;');
  expect(code).toBe(1);
  const everywhere = await world.viewer('status', '-A');
  expect(everywhere.stderr).toContain('cannot list pods in all namespaces: forbidden;');
  expect(everywhere.stderr).toContain('or look at a single namespace (-n)');
});

it('takes another context, and says which there are', async () => {
  const { code, stderr } = await world.admin('status', '--context', 'prod');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'portcullis: The kubeconfig has no context "prod"; it has: test.\n',
  });
  expect(await world.admin('status', '--context', 'test', '-n', 'nowhere')).toMatchObject({
    stderr: 'portcullis: there is no namespace nowhere\n',
    code: 1,
  });
});

it('says that Portcullis is not installed', async () => {
  await world.kubectl([
    'delete',
    'crd',
    'apibindings.portcullis.dev',
    'authenticationsources.portcullis.dev',
  ]);
  await expect
    .poll(async () => (await world.admin('status', '-n', 'shop')).stderr, { timeout: 60_000 })
    .toContain(
      'cannot list apibindings in namespace shop: the cluster has none; install Portcullis there first',
    );
});

it('says once that nobody answers, or that its credentials cannot be had', async () => {
  const { kubeconfig, url } = world.server;
  const elsewhere = await kubeconfigFor(kubeconfig, url, 'https://127.0.0.1:1');
  const away = await world.admin('status', '--kubeconfig', elsewhere);
  expect(away.code).toBe(1);
  expect(away.stderr).toMatch(
    /^portcullis: get \/version: the API server cannot be reached \(ECONNREFUSED\)[^\n]*\n$/,
  );
  const stranger = `${kubeconfig}-stranger`;
  await writeFile(stranger, (await readFile(kubeconfig, 'utf8')).replaceAll(world.server.token, 'wrong'));
  const unknown = await world.admin('status', '--kubeconfig', stranger);
  expect(unknown.stderr).toMatch(/^portcullis: the API server does not know who asks: [^\n]*\n$/);
  await writeFile(
    `${kubeconfig}-viewer`,
    (await readFile(`${kubeconfig}-viewer`, 'utf8')).replace('/credentials"', '/nowhere"'),
  );
  const failing = await world.viewer('status');
  expect(failing.stderr).toMatch(/^portcullis: the kubeconfig's credentials cannot be had: [^\n]*\n$/);
});
