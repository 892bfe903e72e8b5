/** Routes that go around the check at a gateway: policies of the real kinds appear and go, and the condition follows. */

import { afterAll, beforeAll, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { parseId } from '../../src/base/object-id.ts';
import { envoyGatewayPieces } from '../../src/gateways/envoy-gateway.ts';
import { istioPieces } from '../../src/gateways/istio.ts';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { kubectlOf } from '../apiserver/harness.ts';
import { gatewayCrds } from '../envoy/gateway-crds.ts';
import { target } from './binding-cases.ts';
import { messageOf, shownBy } from './board.ts';
import { startWorld, type World } from './harness.ts';
import { binding, ENABLED, namespace, pod, service, source } from './objects.ts';
import { startValidator, type Validator } from './validator.ts';

/** The operator looks for kinds of others every 30 s. */
const PATIENCE = 180_000;
const KINDS = ['HTTPRoute', 'GRPCRoute', 'Gateway', 'SecurityPolicy', 'AuthorizationPolicy'];
const GROUP = 'gateway.networking.k8s.io';
const ENVOY_GATEWAY = 'gateway.envoyproxy.io/gatewayclass-controller';
const ISTIO = 'istio.io/gateway-controller';

let world: World;
const validators: Validator[] = [];

const VALIDATORS = { namespace: 'infra', name: 'portcullis-gateway' };
const checkService = (selected: string) =>
  service('infra/portcullis-gateway', [{ name: 'grpc', port: 9002, targetPort: 'grpc' }], {
    selector: { app: selected },
  });

const gateway = (name: string): JsonObject => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'Gateway',
  metadata: { namespace: 'infra', name },
  spec: { gatewayClassName: 'any', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
});

const route = (name: string, parent: string): JsonObject => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'HTTPRoute',
  metadata: { namespace: 'shop', name },
  spec: {
    parentRefs: [{ name: parent, namespace: 'infra' }],
    hostnames: [`${name}.example`],
    rules: ['a', 'b'].map((rule) => ({
      name: rule,
      matches: [{ path: { type: 'PathPrefix', value: `/${rule}` } }],
      backendRefs: [{ name, port: 80 }],
    })),
  },
});

const accepted = (generation: number): JsonObject => ({
  type: 'Accepted',
  status: 'True',
  reason: 'Accepted',
  message: 'Accepted.',
  observedGeneration: generation,
  lastTransitionTime: '2026-01-01T00:00:00Z',
});

/** As a controller writes it. */
async function writeStatus(
  kind: 'HTTPRoute' | 'SecurityPolicy',
  id: string,
  status: JsonObject,
): Promise<void> {
  const draft = { metadata: { ...parseId(id) }, status };
  good(await world.admin.apply(RESOURCES[kind], draft, { subresource: 'status' }));
}

const acceptRoute = (name: string, gatewayName: string, controllerName: string) =>
  writeStatus('HTTPRoute', `shop/${name}`, {
    parents: [
      { parentRef: { name: gatewayName, namespace: 'infra' }, controllerName, conditions: [accepted(1)] },
    ],
  });
const acceptPolicy = (id: string, generation = 1) =>
  writeStatus('SecurityPolicy', id, {
    ancestors: [
      {
        ancestorRef: { group: GROUP, kind: 'Gateway', namespace: 'infra', name: 'public' },
        controllerName: ENVOY_GATEWAY,
        conditions: [accepted(generation)],
      },
    ],
  });

/** Once the binding is not Ready for that, and its message says so. */
const opens = (name: string, text: string) =>
  world.board.until(`${name}: ${text}`, () => {
    const object = world.board.now('ApiBinding', `shop/${name}`);
    if (object === undefined || shownBy(object).Ready !== 'False RouteUnguarded') return undefined;
    return messageOf(object).includes(text) ? object : undefined;
  });
const closes = (name: string) =>
  world.board.shows('ApiBinding', `shop/${name}`, { Ready: 'True Ready', Guarded: 'True NoPods' });

const PIECES = envoyGatewayPieces({
  service: VALIDATORS,
  tlsName: undefined,
  port: 9002,
  gateway: { namespace: 'infra', name: 'public' },
  underscoreHeaders: 'Drop',
});

/** Without extAuth. */
const cors = (targetRef: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'gateway.envoyproxy.io/v1alpha1',
  kind: 'SecurityPolicy',
  metadata: { namespace: 'shop', name: 'cors' },
  spec: {
    targetRefs: [{ group: GROUP, kind: 'HTTPRoute', name: 'web', ...targetRef }],
    cors: { allowOrigins: ['https://web.example'] },
    ...more,
  },
});
const removeCors = () => world.kubectl('delete', 'securitypolicy', 'cors', '-n', 'shop');

beforeAll(async () => {
  world = await startWorld({ namespaces: ['shop', 'infra'].map((name) => namespace(name, ENABLED)) });
  const kubectl = kubectlOf(world.server);
  await kubectl(['create', '-f', '-'], await gatewayCrds(KINDS));
  const names = ['httproutes', 'grpcroutes', 'gateways'].map((name) => `crd/${name}.${GROUP}`);
  const others = [
    'crd/securitypolicies.gateway.envoyproxy.io',
    'crd/authorizationpolicies.security.istio.io',
  ];
  await kubectl(['wait', '--for=create', ...names, ...others, '--timeout=60s']);
  await kubectl(['wait', '--for=condition=Established', ...names, ...others, '--timeout=60s']);
  await world.apply(
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node' } },
    source('shop/keys'),
    checkService('validators'),
  );
  for (const [name, parent] of [
    ['web', 'public'],
    ['calls', 'mesh'],
  ] as const) {
    const validator = pod(`infra/${parent}-1`, { app: parent === 'public' ? 'validators' : parent });
    await world.apply(service(`shop/${name}`), gateway(parent), route(name, parent), validator);
    await world.apply(binding(`shop/${name}`, target('HTTPRoute', name)));
    await world.ready('Pod', `infra/${parent}-1`);
  }
  await world.ready('Node', 'node');
  await acceptRoute('web', 'public', ENVOY_GATEWAY);
  await acceptRoute('calls', 'mesh', ISTIO);
  const operator = await world.start();
  for (const parent of ['public', 'mesh']) {
    const validator = await startValidator(world, operator, `infra/${parent}-1`, `infra/${parent}`);
    validators.push(validator);
    // Whatever is said is not said because nobody asked.
    validator.asked(true);
  }
});
afterAll(async () => {
  await Promise.all(validators.map((validator) => validator.stop()));
  await world?.stop();
});

it('a Gateway without a policy opens the route, until the printed one is accepted', {
  timeout: PATIENCE,
}, async () => {
  await opens('web', 'HTTPRoute shop/web at Gateway infra/public (no SecurityPolicy that can be read');
  await world.apply(PIECES[0]?.document as JsonObject);
  await opens('web', 'SecurityPolicy infra/portcullis-public of Gateway infra/public has not been accepted');
  await acceptPolicy('infra/portcullis-public');
  await closes('web');
});

it('a policy of the route opens it, and closes it by going', { timeout: PATIENCE }, async () => {
  await world.apply(cors());
  await opens(
    'web',
    "SecurityPolicy shop/cors of HTTPRoute shop/web replaces the Gateway's, and has no extAuth",
  );
  await removeCors();
  await closes('web');
  await world.apply(cors({ sectionName: 'a' }));
  await opens(
    'web',
    'rule a of HTTPRoute shop/web at Gateway infra/public (SecurityPolicy shop/cors of rule a',
  );
  await removeCors();
  await closes('web');
});

it('a policy that is merged leaves it closed, once it is accepted', { timeout: PATIENCE }, async () => {
  await world.apply(cors({}, { mergeType: 'StrategicMerge' }));
  await opens('web', 'SecurityPolicy shop/cors of HTTPRoute shop/web has not been accepted');
  await acceptPolicy('shop/cors');
  await closes('web');
  await removeCors();
});

it('a Service that leads elsewhere opens it', { timeout: PATIENCE }, async () => {
  await world.apply(checkService('others'));
  await opens(
    'web',
    'asks Service infra/portcullis-gateway, which leads to no validator of Gateway infra/public',
  );
  await world.apply(checkService('validators'));
  await closes('web');
});

it('Istio asks by an AuthorizationPolicy that appears and goes', { timeout: PATIENCE }, async () => {
  await opens('calls', 'no AuthorizationPolicy with action CUSTOM is for the pods of Gateway infra/mesh');
  const [, printed] = istioPieces({
    service: { ...VALIDATORS, address: 'portcullis-gateway.infra.svc', port: 9002 },
    tls: false,
    protocol: { kind: 'grpc' },
    gateway: { namespace: 'infra', name: 'mesh' },
  });
  await world.apply(printed?.document as JsonObject);
  await closes('calls');
  await world.kubectl('delete', 'authorizationpolicy', 'portcullis-mesh', '-n', 'infra');
  await opens('calls', 'no AuthorizationPolicy');
});

it('policies whose kind is removed hold no longer', { timeout: PATIENCE }, async () => {
  await closes('web');
  await world.kubectl('delete', 'crd', 'securitypolicies.gateway.envoyproxy.io');
  await opens('web', 'no SecurityPolicy that can be read');
});
