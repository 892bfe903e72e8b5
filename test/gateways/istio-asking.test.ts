// Whether Istio asks: a real istiod with its proxy and src/asking have to say the same of each set of policies.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { uncoveredRoutes } from '../../src/asking/uncovered.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { createStore } from '../../src/cluster/store.ts';
import { change, raw } from '../../src/cluster/testing/objects.ts';
import { kubectlOf } from '../apiserver/harness.ts';
import { MANIFESTS } from '../envoy/contract-cases.ts';
import { send } from '../envoy/guarded.ts';
import { type RawApp, startRawApp } from '../envoy/raw-app.ts';
import { startValidator, type Validator } from '../support/validator.ts';
import { GATEWAY } from './istio/objects.ts';
import { type IstioGateway, startIstio } from './istio/program.ts';

const GROUP = 'gateway.networking.k8s.io';
/** No binding has it: whatever is asked about is refused. */
const HOST = 'nobody.example';
const LEFT_OUT = '/healthz';

let app: RawApp;
let validator: Validator;
let gateway: IstioGateway;

beforeAll(async () => {
  app = await startRawApp();
  validator = await startValidator({ manifests: MANIFESTS });
  const asked = { http: Number(validator.http), grpc: Number(validator.grpc) };
  gateway = await startIstio({ app: app.port, validator: asked, hosts: [HOST] }, { flags: ['--tls', 'off'] });
});
afterAll(async () => {
  await gateway?.stop();
  await validator?.stop();
  app?.stop();
});

interface Policy {
  readonly namespace: string;
  readonly spec: JsonObject;
}

const policy = (namespace: string, more: JsonObject): Policy => ({
  namespace,
  spec: { action: 'CUSTOM', provider: { name: 'portcullis' }, rules: [{}], ...more },
});
const ref = (name: string = GATEWAY.name) => ({
  targetRefs: [{ group: GROUP, kind: 'Gateway', name }],
});
const selector = (name: string = GATEWAY.name) => ({
  selector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': name } },
});
const PRINTED = policy(GATEWAY.namespace, ref());
const SOME = { rules: [{ to: [{ operation: { notPaths: [LEFT_OUT] } }] }] };

/** Whether some request passes by what `asking` says. */
function isSaidOpen(policies: readonly Policy[]): boolean {
  const store = createStore();
  const id = `${GATEWAY.namespace}/${GATEWAY.name}`;
  const accepted = { conditions: [{ type: 'Accepted', status: 'True' }] };
  const parents = [{ parentRef: GATEWAY, controllerName: 'istio.io/gateway-controller', ...accepted }];
  store.apply(change('Gateway', id, raw(id, { spec: { listeners: [{ name: 'web', port: 80 }] } })));
  store.apply(change('HTTPRoute', 'shop/app', raw('shop/app', { status: { parents } })));
  for (const [index, { namespace, spec }] of policies.entries()) {
    const name = `${namespace}/case-${index}`;
    store.apply(change('AuthorizationPolicy', name, raw(name, { spec })));
  }
  const route = store.get('HTTPRoute', 'shop/app');
  if (route === undefined) throw new Error('the route cannot be read');
  return uncoveredRoutes([{ route }], { store, gatewayPods: () => ['edge/v'] }).length > 0;
}

let turns = 0;

/** The new ones come before the old ones go: between them is no moment without any. */
async function apply(policies: readonly Policy[]): Promise<void> {
  turns += 1;
  const kubectl = kubectlOf(gateway.server);
  const items = policies.map(({ namespace, spec }, index) => ({
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { namespace, name: `turn-${turns}-${index}`, labels: { turn: String(turns) } },
    spec,
  }));
  if (items.length > 0) {
    await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  }
  await kubectl(['delete', 'authorizationpolicies', '--all-namespaces', '-l', `turn!=${turns}`]);
}

/** Whether some request passes, once the proxy has these. */
async function comesToBe(open: boolean, policies: readonly Policy[]): Promise<void> {
  await apply(policies);
  const isOpen = async (): Promise<boolean> => {
    const answers = ['/a', LEFT_OUT].map((target) =>
      send(gateway.port, { target, headers: [['host', HOST]] }),
    );
    return (await Promise.all(answers)).some(({ status }) => status === 200);
  };
  await expect.poll(isOpen, { timeout: 60_000 }).toBe(open);
}

/** What becomes of requests with the policies of a case: whether some pass. */
const CASES: readonly (readonly [name: string, open: boolean, ...policies: readonly Policy[]])[] = [
  ['the printed one', false, PRINTED],
  ['none', true],
  ['one of another Gateway', true, policy(GATEWAY.namespace, ref('other'))],
  ['one of another namespace', true, policy('shop', ref())],
  ['one of the root namespace that names the Gateway', true, policy('istio-system', ref())],
  ['one for the namespace', false, policy(GATEWAY.namespace, {})],
  ['one for the mesh', false, policy('istio-system', {})],
  ['one for another namespace', true, policy('shop', {})],
  ["one for the gateway's pods", false, policy(GATEWAY.namespace, selector())],
  ['one for other pods', true, policy(GATEWAY.namespace, selector('other'))],
  ["one for the gateway's pods, of the root namespace", false, policy('istio-system', selector())],
  ['one that leaves a path out', true, policy(GATEWAY.namespace, { ...ref(), ...SOME })],
  [
    'one that leaves a path out, and one that does not',
    false,
    policy(GATEWAY.namespace, { ...ref(), ...SOME }),
    PRINTED,
  ],
  ['one without rules', true, policy(GATEWAY.namespace, { ...ref(), rules: [] })],
  [
    'one that allows',
    true,
    { namespace: GATEWAY.namespace, spec: { ...ref(), action: 'ALLOW', rules: [{}] } },
  ],
];

it.each(CASES.map(([name, open, ...policies]) => ({ name, open, policies })))(
  '$name',
  {
    timeout: 150_000,
  },
  async ({ open, policies }) => {
    // What it shows afterwards, it did not show before.
    await comesToBe(!open, open ? [PRINTED] : []);
    await comesToBe(open, policies);
    expect(isSaidOpen(policies)).toBe(open);
  },
);
