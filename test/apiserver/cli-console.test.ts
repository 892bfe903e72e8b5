/** `portcullis console` against a real API server, by users of different rights. Where pods run, test/e2e looks. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type ClusterTold, readClusterTold } from '../../src/console/cluster-told.ts';
import { Server } from '../support/server.ts';
import { type CliWorld, cliWorld, readyStatus } from './cli-world.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

let world: CliWorld;

const ours = (kind: string, name: string, spec: object) => ({
  apiVersion: 'portcullis.dev/v1alpha1',
  kind,
  metadata: { namespace: 'shop', name },
  spec,
});
const core = (kind: string, name: string, spec: object, labels: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { namespace: 'shop', name, labels },
  spec,
});

// As an issuer or a manifest's author might try it on the reader's browser and terminal.
const EVIL = `<img src=x onerror=alert(1)>\u001b]0;x\u0007\u001b[2J\u202e\nrestart it`;

beforeAll(async () => {
  world = await cliWorld();
  await world.apply(
    ours('AuthenticationSource', 'okta', { jwt: { issuer: 'https://okta.example', audiences: ['api'] } }),
    ours('ApiBinding', 'orders', {
      targetRefs: [{ kind: 'Service', name: 'orders' }],
      sources: [{ name: 'okta' }],
      rules: [{ name: 'read', match: { methods: ['GET'] }, require: { scopes: { anyOf: ['read'] } } }],
    }),
    core('Service', 'orders', { selector: { app: 'orders' }, ports: [{ name: 'http', port: 80 }] }),
    core('Service', 'plain', {
      selector: { app: 'plain' },
      ports: [{ name: 'http', port: 80, targetPort: 8080 }],
    }),
    ...['orders', 'plain'].map((app) =>
      core(
        'Pod',
        `${app}-1`,
        {
          serviceAccountName: 'viewer',
          automountServiceAccountToken: false,
          nodeName: 'node',
          containers: [{ name: 'app', image: 'app', ports: [{ containerPort: 8080 }] }],
        },
        { app, ...(app === 'orders' && { 'portcullis.dev/injected': '0.1.0' }) },
      ),
    ),
  );
  const running = JSON.stringify({ status: { phase: 'Running' } });
  const patch = ['patch', 'pod', 'orders-1', '-n', 'shop', '--subresource=status', '--type=merge'];
  await world.kubectl([...patch, '-p', running]);
  await world.applyStatus('AuthenticationSource', 'shop/okta', {
    ...readyStatus('False', 'UnknownHost', EVIL),
    issuerError: { code: 'UNKNOWN_HOST', message: EVIL },
    bindings: [{ namespace: 'shop', name: 'orders' }],
    bindingCount: 1,
  });
});
afterAll(() => world?.close());

async function startConsole(kubeconfig: string, ...args: readonly string[]) {
  const server = new Server({
    name: 'portcullis console',
    program: process.execPath,
    args: [MAIN, 'console', '--port', '0', ...args],
    env: { KUBECONFIG: kubeconfig },
  });
  onTestFinished(() => server.stop());
  const origin = await server.until(
    'serving',
    120,
    async () => /http:\/\/127\.0\.0\.1:\d+(?=\/)/.exec(server.logs)?.[0],
  );
  const ask = (page: string, init?: RequestInit) => fetch(`${origin}${page}`, init);
  const cluster = async (): Promise<ClusterTold> => readClusterTold(await (await ask('/cluster')).json());
  return { server, origin, ask, cluster };
}

it('tells of sources, bindings and what nothing guards, whatever is written there', async () => {
  const { ask, cluster } = await startConsole(world.server.kubeconfig, '-n', 'shop');
  const text = await (await ask('/cluster')).text();
  expect(text).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
  const told = await cluster();
  expect(told).toMatchObject({
    place: 'namespace shop',
    missing: [],
    sources: [
      {
        id: 'shop/okta',
        state: { mark: 'bad', reason: 'UnknownHost', said: [EVIL] },
        bindings: ['shop/orders'],
      },
    ],
    bindings: [
      {
        id: 'shop/orders',
        mode: 'Enforce',
        state: { mark: 'unknown', reason: 'Pending' },
        sources: ['shop/okta'],
        policy: { judgement: { kind: 'rules', rules: [{ name: 'read' }] } },
      },
    ],
  });
  expect(told.unguarded.findings.map(({ reason, object }) => `${reason} ${object}`)).toEqual(
    expect.arrayContaining(['ServiceUnguarded Service shop/plain']),
  );
  // No kubelet is there to lead to the pod.
  const report = (await (await ask('/report?since=1h')).json()) as { validators: number; missing: string[] };
  expect(report).toMatchObject({
    validators: 0,
    missing: [expect.stringContaining('validator shop/orders-1 was not asked')],
  });
});

it('needs no more than the right to look at one namespace, and says what it may not', async () => {
  const { ask, cluster } = await startConsole(world.viewersKubeconfig);
  expect(await cluster()).toMatchObject({ missing: [], bindings: [{ id: 'shop/orders' }] });
  expect(await (await ask('/report')).json()).toMatchObject({
    bindings: [],
    missing: [expect.stringContaining('no right to port-forward in namespace shop')],
  });
  const explained = await ask('/explain?binding=shop/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"method":"GET","url":"https://orders.example/","token":"eyJ.never.shown"}',
  });
  expect(explained.ok).toBe(false);
  expect(await explained.text()).not.toContain('never');
});

it('shows nothing in place of what may not be read', async () => {
  const { cluster } = await startConsole(world.viewersKubeconfig, '-n', 'other');
  const { sources, bindings, missing } = await cluster();
  expect([sources, bindings]).toEqual([[], []]);
  expect(missing).toContainEqual(
    expect.stringContaining('cannot list apibindings in namespace other: forbidden'),
  );
});

it('answers this machine alone, and ends with 0 when it is told to', async () => {
  const { server, origin, ask } = await startConsole(world.server.kubeconfig, '-A');
  expect(server.logs).toBe(`The console of all namespaces is at ${origin}/ until you end this (Ctrl-C).\n`);
  expect((await ask('/cluster', { headers: { origin: 'https://evil.example' } })).status).toBe(403);
  const stream = await ask('/decisions');
  expect(stream.headers.get('content-type')).toBe('text/event-stream');
  server.signal('SIGINT');
  expect(await server.ended()).toBe('ended (exit code 0)');
  await stream.text().catch(() => {});
  // Nothing that was asked is written anywhere.
  expect(server.logs.split('\n')).toHaveLength(2);
});

it('says that the port is taken', async () => {
  const other = createServer();
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  expect(await world.admin('console', '--port', `${port}`)).toEqual({
    code: 1,
    stdout: '',
    stderr: `portcullis: cannot listen on 127.0.0.1:${port}: something else does already. Stop it, or choose another address. --port names another port.\n`,
  });
});
