/** A cluster for the console: a real API server with objects in it, two real validators that it leads to, and a pod that is lost. */

import { join } from 'node:path';
import { bundle, PROGRAMS } from '../../tools/bundle.ts';
import { cliWorld, readyStatus } from '../apiserver/cli-world.ts';
import { startKubelet } from '../apiserver/kubelet.ts';
import { Server, temporaryFolder } from '../support/server.ts';
import { SIDECARS } from '../support/sidecars.ts';
import { startValidator, type Validator } from '../support/validator.ts';
import { type ConsoleWorld, openBrowser } from './harness.ts';
import { MANIFESTS } from './world.ts';

export interface ClusterWorld extends Pick<ConsoleWorld, 'origin' | 'browser' | 'stop'> {
  /** Of the pods orders-1 and orders-2. */
  readonly validators: readonly Validator[];
  /** The console of somebody who may look at the namespace, and forward no ports. */
  asViewer(): Promise<Pick<ConsoleWorld, 'origin' | 'browser'>>;
}

const object = (apiVersion: string, kind: string, name: string, rest: object, labels: object = {}) => ({
  ...{ apiVersion, kind, metadata: { namespace: 'shop', name, labels }, ...rest },
});
const ours = (kind: string, name: string, spec: object) =>
  object('portcullis.dev/v1alpha1', kind, name, { spec });
const service = (name: string) =>
  object('v1', 'Service', name, {
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  });

const pod = (app: string, number: number, isGuarded: boolean) =>
  object(
    'v1',
    'Pod',
    `${app}-${number}`,
    {
      spec: {
        serviceAccountName: 'viewer',
        automountServiceAccountToken: false,
        nodeName: 'node',
        containers: [{ name: 'app', image: 'app', ports: [{ containerPort: 8080, name: 'http' }] }],
        ...(isGuarded && SIDECARS),
      },
    },
    { app, ...(isGuarded && { 'portcullis.dev/injected': '0.1.0' }) },
  );

const bound = (name: string, service: string, spec: object) =>
  ours('ApiBinding', name, {
    targetRefs: [{ kind: 'Service', name: service }],
    hosts: [`${service}.example`],
    sources: [{ name: 'okta' }],
    ...spec,
  });

const RULES = [
  { name: 'health', match: { paths: [{ type: 'Exact', value: '/healthz' }] }, authentication: 'None' },
  {
    name: 'admin',
    match: { paths: [{ type: 'PathPrefix', value: '/admin' }] },
    require: { roles: { anyOf: ['admin'] } },
  },
  { name: 'read', match: { methods: ['GET'] }, require: { scopes: { anyOf: ['orders:read'] } } },
];

/** As an issuer, or a manifest's author, might try it on whoever looks. */
export const HOSTILE =
  'fetch failed: <img src=x onerror="document.title=\'injected\'"><b>bold</b> \u202egnp.exe\u2066 \u001b[31mred\u001b]0;t\u0007';

const OBJECTS = [
  ours('AuthenticationSource', 'okta', {
    jwt: { issuer: 'https://issuer.example', audiences: ['api://orders'] },
  }),
  ours('AuthenticationSource', 'partners', {
    jwt: { issuer: 'https://partners.example', audiences: ['api://orders'] },
  }),
  service('orders'),
  service('stock'),
  service('legacy'),
  bound('orders', 'orders', { rules: RULES }),
  bound('orders-next', 'orders', {
    mode: 'Trial',
    rules: [{ name: 'all', require: { clients: { noneOf: ['billing-cron'] } } }],
  }),
  bound('stock', 'stock', { mode: 'Audit' }),
  pod('orders', 1, true),
  pod('orders', 2, true),
  pod('stock', 1, true),
  pod('legacy', 1, false),
];

/** @param failure why keys could not be fetched. */
const statuses = (failure: string): readonly (readonly [kind: string, name: string, status: object])[] => [
  [
    'AuthenticationSource',
    'okta',
    readyStatus('True', 'Ready', 'AuthenticationSource shop/okta verifies tokens with 1 key.', {
      effective: {
        issuers: ['https://issuer.example'],
        audiences: ['api://orders'],
        clockSkew: '30s',
        mapping: { user: ['sub'] },
      },
      jwksURI: 'https://issuer.example/keys',
      keys: [{ kid: 'a', type: 'RSA', algorithm: 'RS256' }],
      keyCount: 1,
      keysChangedTime: '2026-11-29T06:00:00Z',
      bindings: ['orders', 'orders-next', 'stock'].map((name) => ({ namespace: 'shop', name })),
      bindingCount: 3,
    }),
  ],
  [
    'AuthenticationSource',
    'partners',
    readyStatus(
      'False',
      'UnknownHost',
      `AuthenticationSource shop/partners has no keys; the last fetch failed: ${failure}.`,
      {
        keyCount: 0,
        jwksURI: 'https://partners.example/keys',
        issuerError: { code: 'UNKNOWN_HOST', message: failure },
      },
    ),
  ],
  [
    'ApiBinding',
    'orders',
    readyStatus('True', 'Ready', 'ApiBinding shop/orders is enforced by 2 of 2 validators.', {
      validators: { current: 2, total: 2, summary: '2/2' },
    }),
  ],
  ['ApiBinding', 'orders-next', readyStatus('True', 'Ready', 'It is tried.')],
  [
    'ApiBinding',
    'stock',
    readyStatus(
      'False',
      'ValidatorsOutdated',
      '0 of 1 validator holds this version of ApiBinding shop/stock: shop/stock-1; see its log.',
      {
        validators: { current: 0, total: 1, summary: '0/1' },
        trial: { wouldDeny: 1234, since: '2026-11-29T06:00:00Z' },
      },
    ),
  ],
];

export async function startClusterConsole(failure = HOSTILE): Promise<ClusterWorld> {
  await using starting = new AsyncDisposableStack();
  const cluster = await cliWorld();
  starting.defer(cluster.close);
  await cluster.kubectl(['label', 'namespace', 'shop', 'portcullis.dev/injection=enabled']);
  await cluster.apply(...OBJECTS);
  for (const [kind, name, status] of statuses(failure))
    await cluster.applyStatus(kind, `shop/${name}`, status);
  const runs = JSON.stringify({
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  for (const name of ['orders-1', 'orders-2', 'stock-1', 'legacy-1']) {
    const patch = ['patch', 'pod', name, '-n', 'shop', '--subresource=status', '--type=merge', '-p', runs];
    await cluster.kubectl(patch);
  }
  const folder = await temporaryFolder('cluster-console');
  starting.defer(folder.remove);
  await bundle(PROGRAMS, folder.path);
  const validators: Validator[] = [];
  for (let i = 0; i < 2; i++) {
    const validator = await startValidator({
      manifests: MANIFESTS,
      bundle: join(folder.path, 'validator.cjs'),
    });
    starting.defer(validator.stop);
    validators.push(validator);
  }
  const kubelet = await startKubelet(
    'node',
    Object.fromEntries(validators.map(({ admin }, i) => [`shop/orders-${i + 1}`, admin])),
  );
  starting.defer(kubelet.stop);
  await cluster.apply(kubelet.node);
  await cluster.kubectl([
    ...['patch', 'node', 'node', '--subresource=status', '--type=merge'],
    ...['-p', JSON.stringify({ status: kubelet.status })],
  ]);
  const running: Server[] = [];
  starting.defer(async () => void (await Promise.all(running.map((one) => one.stop()))));
  const consoleBy = (kubeconfig: string): Promise<string> => {
    const server = new Server({
      name: 'portcullis console',
      program: process.execPath,
      args: [join(folder.path, 'portcullis.cjs'), 'console', '-n', 'shop', '--port', '0'],
      env: { KUBECONFIG: kubeconfig },
    });
    running.push(server);
    return server.until('serving', 120, async () => /http:\/\/127\.0\.0\.1:\d+(?=\/)/.exec(server.logs)?.[0]);
  };
  const origin = await consoleBy(cluster.server.kubeconfig);
  const browser = await openBrowser();
  starting.defer(() => browser.close());
  const world = starting.move();
  return {
    ...{ validators, browser, origin, stop: () => world.disposeAsync() },
    asViewer: async () => ({ browser, origin: await consoleBy(cluster.viewersKubeconfig) }),
  };
}
