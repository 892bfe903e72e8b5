/** Routes as targets: the Gateway API installed while the operator runs, gateways with validators of their own, and its removal. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { BINDING_CONDITIONS } from '../../src/status/reasons.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { good, refusedFor, target, waitsFor } from './binding-cases.ts';
import { messageOf } from './board.ts';
import { type Operator, startWorld, type World } from './harness.ts';
import { kstatus, reasonsOf } from './judging.ts';
import { binding, ENABLED, namespace, pod, service, source } from './objects.ts';
import { startValidator, type Validator } from './validator.ts';

/** The operator looks for the API every 30 s. */
const PATIENCE = 180_000;
const GROUP = 'gateway.networking.k8s.io';

let world: World;
let operator: Operator;
const validators: Validator[] = [];

beforeAll(async () => {
  world = await startWorld({
    namespaces: ['shop', 'other', 'infra'].map((name) => namespace(name, ENABLED)),
  });
  await world.apply(
    ...[
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node' } },
      source('shop/keys'),
      source('other/keys'),
    ],
    ...['orders', 'grpc', 'elsewhere', 'shared', 'far'].map((name) => service(`shop/${name}`)),
    service('other/shared'),
  );
  await world.ready('Node', 'node');
  operator = await world.start();
});
afterAll(async () => {
  await Promise.all(validators.map((validator) => validator.stop()));
  await world?.stop();
});

/** Of the real CRD only what an API server needs to take routes. */
const crd = (kind: string): JsonObject => {
  const singular = kind.toLowerCase();
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${singular}s.${GROUP}`,
      annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' },
    },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { kind, plural: `${singular}s`, singular },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
};
const KINDS = ['Gateway', 'GRPCRoute', 'HTTPRoute'];

const GATEWAY = {
  apiVersion: `${GROUP}/v1`,
  kind: 'Gateway',
  metadata: { namespace: 'infra', name: 'public' },
  spec: { gatewayClassName: 'any', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
};

/** As its gateway has accepted it. */
function route(
  kind: string,
  id: string,
  hostname: string,
  backend: JsonObject = {},
  rules: readonly string[] = [],
): JsonObject {
  const [space = '', name = ''] = id.split('/');
  const parentRef = { name: 'public', namespace: 'infra' };
  return {
    apiVersion: `${GROUP}/v1`,
    kind,
    metadata: { namespace: space, name },
    spec: {
      parentRefs: [parentRef],
      hostnames: [hostname],
      rules: [{}, ...rules.map((rule) => ({ name: rule }))].map((rule) => ({
        ...rule,
        backendRefs: [{ name, port: 80, ...backend }],
      })),
    },
    status: {
      parents: [{ parentRef, controllerName: 'x/y', conditions: [{ type: 'Accepted', status: 'True' }] }],
    },
  };
}

const shows = (id: string, shown: Readonly<Record<string, string>>) =>
  world.board.shows('ApiBinding', id, shown);

it('waits for the Gateway API, then for the route, and takes both as they come', {
  timeout: PATIENCE,
}, async () => {
  await world.apply(
    binding('shop/orders', target('HTTPRoute', 'orders')),
    binding('shop/grpc', target('GRPCRoute', 'grpc')),
  );
  for (const name of ['orders', 'grpc']) await shows(`shop/${name}`, waitsFor('RouteApiMissing'));
  await world.apply(...KINDS.map(crd));
  for (const name of ['orders', 'grpc']) await shows(`shop/${name}`, waitsFor('TargetNotFound'));
  await world.apply(
    route('HTTPRoute', 'shop/orders', 'orders.example'),
    route('GRPCRoute', 'shop/grpc', 'grpc.example'),
  );
  for (const name of ['orders', 'grpc']) await shows(`shop/${name}`, good);
});

it('guards the pods behind the routes of each kind', { timeout: PATIENCE }, async () => {
  for (const name of ['orders', 'grpc']) {
    await world.apply(pod(`shop/${name}-1`, { app: name, injected: VERSION }));
    await world.ready('Pod', `shop/${name}-1`);
    const validator = await startValidator(world, operator, `shop/${name}-1`);
    validators.push(validator);
    const { policy } = await validator.until('a binding', ({ policy }) => policy.bindings.length > 0);
    expect(policy.bindings).toMatchObject([{ id: `shop/${name}`, ports: [8080] }]);
    await shows(`shop/${name}`, { Ready: 'True Ready', Programmed: 'True Programmed' });
  }
});

it('says which routes lead nowhere in its namespace', { timeout: PATIENCE }, async () => {
  await world.apply(
    route('HTTPRoute', 'shop/far', 'far.example', { namespace: 'other' }),
    binding('shop/far', target('HTTPRoute', 'far')),
  );
  const object = await shows('shop/far', {
    ...refusedFor('RouteHasNoBackend'),
    Guarded: 'False RouteHasForeignBackend',
  });
  expect(messageOf(object)).toContain(
    'HTTPRoute shop/far sends requests to no Service of the namespace shop',
  );
  expect(kstatus(object)).toBe('Failed');
});

it('decides at a gateway for the hosts of its own routes alone', { timeout: PATIENCE }, async () => {
  await world.apply(
    GATEWAY,
    route('HTTPRoute', 'shop/elsewhere', 'elsewhere.example'),
    // The older, or of one age the first by its name.
    route('HTTPRoute', 'other/shared', 'shared.example'),
    route('HTTPRoute', 'shop/shared', 'shared.example'),
    binding('shop/elsewhere', { ...target('HTTPRoute', 'elsewhere'), hosts: ['another.example'] }),
    binding('shop/shared', target('HTTPRoute', 'shared')),
    pod('infra/gateway-1'),
  );
  for (const name of ['elsewhere', 'shared']) await shows(`shop/${name}`, good);
  await world.ready('Pod', 'infra/gateway-1');
  const validator = await startValidator(world, operator, 'infra/gateway-1', 'infra/public');
  validators.push(validator);
  const { policy } = await validator.until('the bindings of its routes', ({ policy: { bindings } }) =>
    ['shop/orders', 'shop/grpc'].every((id) => bindings.some((one) => one.id === id)),
  );
  expect(policy.bindings.find(({ id }) => id === 'shop/orders')?.hosts).toEqual(['orders.example']);

  const elsewhere = await shows('shop/elsewhere', {
    Accepted: 'False HostNotAttached',
    Stalled: 'True Refused',
  });
  expect(messageOf(elsewhere)).toContain('Gateway infra/public, which are: elsewhere.example');
  await world.apply(
    service('shop/quiet'),
    route('HTTPRoute', 'shop/quiet', 'quiet.example'),
    binding('shop/quiet', target('HTTPRoute', 'quiet')),
  );
  await shows('shop/quiet', { Guarded: 'True NoPods' });
  validator.asked(false);
  await shows('shop/quiet', { Ready: 'False NeverAsked', Guarded: 'False NeverAsked' });
  validator.asked(true);
  await shows('shop/quiet', { Guarded: 'True NoPods' });

  // It was accepted before there were validators, and nobody knows yet what the gateway says.
  await shows('shop/shared', { Accepted: 'True Accepted' });
  validator.asked(true, false);
  const shared = await shows('shop/shared', { Accepted: 'False HostShared', Ready: 'False HostShared' });
  expect(kstatus(shared)).toBe('InProgress');
  expect(messageOf(shared)).toContain(
    'HTTPRoute other/shared, which is older or names the host more narrowly, attaches shared.example to Gateway infra/public',
  );

  validator.asked(true, true);
  await shows('shop/shared', { Accepted: 'True Accepted' });
  validator.asked(true, false);
  await shows('shop/shared', { Accepted: 'False HostShared' });

  // Its pods are reached through the gateway, and past it.
  await shows('shop/orders', { Accepted: 'True Accepted', Programmed: 'True Programmed' });
  await world.apply(pod('shop/orders-2', { app: 'orders' }));
  await shows('shop/orders', { Ready: 'False BypassPossible', Guarded: 'False BypassPossible' });
});

it('guards a single rule of a route where a gateway says which rule matched', {
  timeout: PATIENCE,
}, async () => {
  const section = (sectionName: string) => ({
    targetRefs: [{ kind: 'HTTPRoute', name: 'ruled', sectionName }],
  });
  await world.apply(
    service('shop/ruled'),
    route('HTTPRoute', 'shop/ruled', 'ruled.example', {}, ['admin', 'open']),
    binding('shop/ruled', section('admn')),
  );
  const mistaken = await shows('shop/ruled', { Accepted: 'False TargetNotFound' });
  expect(messageOf(mistaken)).toContain('HTTPRoute shop/ruled has no rule named admn: it has admin, open');
  await world.apply(binding('shop/ruled', section('admin')));
  await shows('shop/ruled', { Accepted: 'False SectionUntold', Guarded: 'True Guarded' });
  const [gatewayValidator] = validators.slice(-1);
  gatewayValidator?.asked(true, true);
  await shows('shop/ruled', { Accepted: 'True Accepted', Guarded: 'True Guarded' });
  const elsewhere = { name: 'other', namespace: 'infra' };
  const unguarded = route('HTTPRoute', 'shop/ruled', 'ruled.example', {}, ['admin', 'open']);
  const conditions = [{ type: 'Accepted', status: 'True' }];
  await world.apply({
    ...unguarded,
    status: { parents: [{ parentRef: elsewhere, controllerName: 'x/y', conditions }] },
  });
  const open = await shows('shop/ruled', { Guarded: 'False SectionUnguarded' });
  expect(messageOf(open)).toContain('HTTPRoute shop/ruled (admin) at Gateway infra/other');
});

it('waits again when the Gateway API goes', { timeout: PATIENCE }, async () => {
  await world.kubectl('delete', 'crd', `httproutes.${GROUP}`);
  await shows('shop/far', { Accepted: 'False RouteApiMissing' });
});

it('every reason of routes was reached', () => {
  const { Accepted } = BINDING_CONDITIONS;
  const missing = reasonsOf({ Accepted }).difference(world.board.seen('ApiBinding'));
  expect([...missing].filter((reason) => /Route|Host|Section/.test(reason))).toEqual([]);
});
