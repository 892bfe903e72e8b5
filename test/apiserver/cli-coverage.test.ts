/** `portcullis coverage` against a real API server, which fills in defaults, by users of different rights. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { SIDECARS } from '../support/sidecars.ts';
import { type CliWorld, cliWorld } from './cli-world.ts';

let world: CliWorld;

const ours = (namespace: string, name: string, spec: object) => ({
  apiVersion: 'portcullis.dev/v1alpha1',
  kind: 'ApiBinding',
  metadata: { namespace, name },
  spec: { targetRefs: [{ kind: 'Service', name }], sources: [{ name: 'okta' }], ...spec },
});
const service = (namespace: string, name: string, ports: readonly object[]) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace, name },
  spec: { selector: { app: name }, ports },
});
const pod = (namespace: string, app: string, labels: object = {}, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace, name: `${app}-1`, labels: { app, ...labels } },
  spec: {
    serviceAccountName: 'viewer',
    automountServiceAccountToken: false,
    nodeName: 'node',
    containers: [{ name: 'app', image: 'app', ports: [{ containerPort: 8080, name: 'http' }] }],
    ...more,
  },
});
const WEB = { name: 'http', port: 80, targetPort: 8080 };
const INJECTED = { 'portcullis.dev/injected': '0.1.0' };

beforeAll(async () => {
  world = await cliWorld();
  await world.apply(
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', labels: { 'portcullis.dev/injection': 'enabled' } },
    },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'other', name: 'viewer' } },
    // Guarded.
    service('shop', 'good', [WEB]),
    ours('shop', 'good', {}),
    pod('shop', 'good', INJECTED, SIDECARS),
    service('shop', 'postgres', [{ port: 5432 }]),
    pod(
      'shop',
      'postgres',
      {},
      { containers: [{ name: 'db', image: 'db', ports: [{ containerPort: 5432 }] }] },
    ),
    // Not guarded.
    service('shop', 'plain', [{ port: 80, targetPort: 'http' }]),
    pod('shop', 'plain'),
    service('shop', 'old', [WEB]),
    ours('shop', 'old', {}),
    pod('shop', 'old'),
    service('shop', 'lax', [WEB]),
    ours('shop', 'lax', {
      mode: 'Audit',
      rules: [
        { name: 'health', match: { paths: [{ type: 'Exact', value: '/healthz' }] }, authentication: 'None' },
      ],
    }),
    pod('shop', 'lax', INJECTED, SIDECARS),
    service('other', 'far', [WEB]),
    pod('other', 'far'),
  );
});
afterAll(() => world?.close());

const found = (stdout: string): readonly string[] => {
  const { findings } = JSON.parse(stdout) as { findings: readonly { reason: string; object: string }[] };
  return findings.map(({ reason, object }) => `${reason} ${object}`);
};
const IN_SHOP = [
  'ModeAudit ApiBinding shop/lax',
  'PodWithoutValidator ApiBinding shop/old',
  'ServiceUnguarded Service shop/plain',
  'RulePublic ApiBinding shop/lax',
];

it('finds each that nothing guards, and none of the others', async () => {
  const { code, stdout, stderr } = await world.admin('coverage', '-A', '--output', 'json');
  expect(found(stdout)).toEqual(['ServiceUnguarded Service other/far', ...IN_SHOP]);
  expect(JSON.parse(stdout)).toMatchObject({ totals: { open: 4, noted: 1, bindings: 3 }, unread: [] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it('lets a pipeline insist', async () => {
  expect((await world.admin('coverage', '-n', 'shop', '--fail')).code).toBe(1);
  const { code, stdout } = await world.admin('coverage', '-n', 'kube-node-lease', '--fail');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: '0 open, 0 noted in 0 Services, 0 routes, 0 pods and 0 bindings\n',
  });
  // What cannot be read may hold anything.
  expect((await world.viewer('coverage', '-n', 'other', '--fail')).code).toBe(1);
});

it('says it to people, with what to do', async () => {
  const { code, stdout } = await world.viewer('coverage');
  expect(code).toBe(0);
  expect(stdout).toBe(`namespace shop
  ✗ ApiBinding shop/lax  ModeAudit
      has mode Audit: what it would refuse is counted, and let through
      set mode Enforce once nothing is refused that should pass
  ✗ ApiBinding shop/old  PodWithoutValidator
      Pod shop/old-1 has no validator
      make it anew
  ✗ Service shop/plain  ServiceUnguarded
      leads to port 8080 of Pod plain-1, and no binding guards that
      target Service plain by an ApiBinding
  ! ApiBinding shop/lax  RulePublic
      rule health lets anybody in at /healthz (authentication None)
      if it is an API, let the rule require authentication

3 open, 1 noted in 5 Services, 0 routes, 5 pods and 3 bindings
`);
});
