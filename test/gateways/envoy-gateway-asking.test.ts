// Whether Envoy Gateway asks: the real program and src/asking have to say the same of each set of policies. From files it
// knows neither kind nor age of an object: no targetSelectors choose there, and the earlier of two policies is the first.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { uncoveredRoutes } from '../../src/asking/uncovered.ts';
import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import type { ObjectChange } from '../../src/cluster/objects.ts';
import { createStore } from '../../src/cluster/store.ts';
import { change, pod, raw } from '../../src/cluster/testing/objects.ts';
import { MANIFESTS } from '../envoy/contract-cases.ts';
import { send } from '../envoy/guarded.ts';
import { type RawApp, startRawApp } from '../envoy/raw-app.ts';
import { startValidator, type Validator } from '../support/validator.ts';
import { CONTROLLER, GATEWAY, printedGuard, VALIDATORS, withBackends } from './envoy-gateway/objects.ts';
import { type EnvoyGateway, startEnvoyGateway } from './envoy-gateway/program.ts';

const GROUP = 'gateway.networking.k8s.io';
const HOST = 'parts.example';
const RULES = ['a', 'b'] as const;

let app: RawApp;
let validator: Validator;
let gateway: EnvoyGateway;
let guard: JsonObject;

beforeAll(async () => {
  app = await startRawApp();
  validator = await startValidator({ manifests: MANIFESTS });
  [guard] = (await printedGuard()).filter(isJsonObject) as [JsonObject];
  gateway = await startEnvoyGateway({
    app: app.port,
    validator: { http: Number(validator.http), grpc: Number(validator.grpc) },
    hosts: ['orders.example'],
  });
});
afterAll(async () => {
  await gateway?.stop();
  await validator?.stop();
  app?.stop();
});

const PARTS: JsonObject = {
  apiVersion: `${GROUP}/v1`,
  kind: 'HTTPRoute',
  metadata: { namespace: 'shop', name: 'parts' },
  spec: {
    parentRefs: [{ ...GATEWAY }],
    hostnames: [HOST],
    rules: RULES.map((rule) => ({
      name: rule,
      matches: [{ path: { type: 'PathPrefix', value: `/${rule}` } }],
      backendRefs: [{ group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'app' }],
    })),
  },
};

const CORS = { cors: { allowOrigins: ['https://shop.example'] } };
const MERGED = { ...CORS, mergeType: 'StrategicMerge' };
const asks = (): JsonObject => {
  const { extAuth = {} } = guard.spec as JsonObject;
  return { extAuth };
};

const ref = (kind: string, name: string, sectionName?: string): JsonObject => ({
  group: GROUP,
  kind,
  name,
  ...(sectionName !== undefined && { sectionName }),
});
const ROUTE = { targetRefs: [ref('HTTPRoute', 'parts')] };
const RULE = { targetRefs: [ref('HTTPRoute', 'parts', 'a')] };
const LISTENER = { targetRefs: [ref('Gateway', GATEWAY.name, 'http')] };
const WHOLE = { targetRefs: [ref('Gateway', GATEWAY.name)] };
const policy = (id: string, spec: JsonObject): JsonObject => {
  const [namespace = '', name = ''] = id.split('/');
  return {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'SecurityPolicy',
    metadata: { namespace, name },
    spec,
  };
};

const STATUS = { conditions: [{ type: 'Accepted', status: 'True', observedGeneration: 1 }] };

/** Rules of which `asking` says that their requests pass. */
function saidOpen(policies: readonly JsonObject[]): readonly string[] {
  const store = createStore();
  const id = `${GATEWAY.namespace}/${GATEWAY.name}`;
  const kept = (object: JsonObject, status: JsonObject = {}): ObjectChange => {
    const { namespace, name, ...metadata } = object.metadata as JsonObject;
    const key = `${String(namespace)}/${String(name)}`;
    return change(
      object.kind as ObjectChange['kind'],
      key,
      raw(key, { spec: object.spec ?? {}, status }, { creationTimestamp: null, ...metadata }),
    );
  };
  const ancestors = [{ ancestorRef: { ...GATEWAY }, controllerName: CONTROLLER, ...STATUS }];
  const labels = { app: VALIDATORS };
  const service = { selector: labels, ports: [{ port: 9002, targetPort: 'grpc' }] };
  for (const one of [
    kept({ kind: 'Gateway', metadata: { ...GATEWAY }, spec: { listeners: [{ name: 'http', port: 80 }] } }),
    kept({ kind: 'Service', metadata: { namespace: GATEWAY.namespace, name: VALIDATORS }, spec: service }),
    pod(`${GATEWAY.namespace}/v`, { labels }),
    kept(PARTS, { parents: [{ parentRef: { ...GATEWAY }, controllerName: CONTROLLER, ...STATUS }] }),
    ...[guard, ...policies].map((object) => kept(object, { ancestors })),
  ]) {
    store.apply(one);
  }
  const found = store.get('HTTPRoute', 'shop/parts');
  if (found === undefined) throw new Error('the route cannot be read');
  const view = { store, gatewayPods: (asked: string) => (asked === id ? [`${GATEWAY.namespace}/v`] : []) };
  return RULES.filter((section) => uncoveredRoutes([{ route: found, section }], view).length > 0);
}

let turns = 0;

/** It takes them a moment later. */
async function comesToOpen(policies: readonly JsonObject[], open: string): Promise<void> {
  turns += 1;
  await gateway.apply('turn', [PARTS, ...policies].map(renamed).map(withBackends));
  const seen = async (): Promise<string> => {
    const answers = RULES.map((rule) =>
      send(gateway.port, { target: `/${rule}`, headers: [['host', HOST]] }),
    );
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    const isKnown = statuses.every((status) => status === 200 || status === 403);
    return isKnown ? RULES.filter((_, index) => statuses[index] === 200).join(' ') : statuses.join(' ');
  };
  await expect.poll(seen, { timeout: 60_000 }).toBe(open);
}

/** From files, Envoy Gateway merges what is new of an object into what it has of that name. */
function renamed(object: JsonObject): JsonObject {
  const { name, ...metadata } = object.metadata as JsonObject;
  if (object.kind !== 'SecurityPolicy') return object;
  return { ...object, metadata: { ...metadata, name: `turn-${turns}-${String(name)}` } };
}

/** What the policies of a case open: nothing, one rule or both. */
const CASES: readonly (readonly [name: string, policies: () => readonly JsonObject[], open: string])[] = [
  ['none besides the printed one', () => [], ''],
  ['one of the route', () => [policy('shop/one', { ...ROUTE, ...CORS })], 'a b'],
  [
    'one of the route by the deprecated targetRef',
    () => [policy('shop/one', { targetRef: ref('HTTPRoute', 'parts'), ...CORS })],
    'a b',
  ],
  ['one of a rule', () => [policy('shop/one', { ...RULE, ...CORS })], 'a'],
  ['one of the route that is merged', () => [policy('shop/one', { ...ROUTE, ...MERGED })], ''],
  ['one of a rule that is merged', () => [policy('shop/one', { ...RULE, ...MERGED })], ''],
  [
    'a merged one of a rule, and one of the route',
    () => [policy('shop/one', { ...RULE, ...MERGED }), policy('shop/two', { ...ROUTE, ...CORS })],
    'b',
  ],
  ['one of another namespace', () => [policy('other/one', { ...ROUTE, ...CORS })], ''],
  ['a younger one of the Gateway', () => [policy('edge/younger', { ...WHOLE, ...CORS })], ''],
  ['one of the listener', () => [policy('edge/one', { ...LISTENER, ...CORS })], 'a b'],
  [
    'one of the listener, and a merged one of the route',
    () => [policy('edge/one', { ...LISTENER, ...CORS }), policy('shop/one', { ...ROUTE, ...MERGED })],
    'a b',
  ],
  [
    'a merged one, and a later one',
    () => [policy('shop/one', { ...ROUTE, ...MERGED }), policy('shop/two', { ...ROUTE, ...CORS })],
    '',
  ],
  [
    'a merged one, and an earlier one',
    () => [policy('shop/one', { ...ROUTE, ...CORS }), policy('shop/two', { ...ROUTE, ...MERGED })],
    'a b',
  ],
  [
    'one of the listener that asks, and one of the Gateway',
    () => [policy('edge/one', { ...LISTENER, ...asks() })],
    '',
  ],
];

it.each(CASES)('%s', { timeout: 90_000 }, async (_, policies, open) => {
  // What it shows afterwards, it did not show before.
  if (open === '') await comesToOpen([policy('shop/opening', { ...ROUTE, ...CORS })], 'a b');
  else await comesToOpen([], '');
  await comesToOpen(policies(), open);
  expect(saidOpen(policies()).join(' ')).toBe(open);
});
