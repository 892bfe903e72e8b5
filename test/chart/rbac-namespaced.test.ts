/** The chart's rights in namespaced mode: Roles alone, and what an administrator adds for the whole of it. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Server } from '../support/server.ts';
import { type Installed, installed, leadWebhookTo, namespace } from './installed.ts';
import { askPolicy } from './policy-question.ts';
import { operatorRules, rightsIn, unique } from './rbac.ts';
import { CHART, HOME, helm, render } from './render.ts';
import * as tenants from './tenants.ts';

const SOON = { timeout: 45_000, interval: 100 };
const VALUES = { watchNamespaces: ['shop', 'web'], secretAccess: { namespaces: ['shop'] } };
const OPTIONS = [
  ...['--watch-namespaces=shop,web', `--webhook-configuration=portcullis-${HOME}`],
  ...['--allow-insecure-http', '--fetch-deny-cidrs=192.0.2.0/24'],
];

let world: Installed;
let provider: tenants.Provider;
let operator: Server;

beforeAll(async () => {
  provider = await tenants.startProvider();
  world = await installed([
    ...['shop', 'web', 'other'].map((name) => namespace(name)),
    ...tenants.gatewayApi,
  ]);
  // Of all that stands outside namespaces, at first only the CRDs.
  await world.kubectl(['apply', '--server-side', '-f', `${CHART}/../../crds`]);
  await world.install(VALUES);
  operator = await world.startOperator(OPTIONS);
});
afterAll(async () => {
  await world?.stop();
  provider?.stop();
});

describe('with Roles alone', () => {
  it('sources and bindings come to Ready', async () => {
    await world.apply(
      tenants.secret('shop', 'hmac'),
      tenants.bundle('shop', 'fetched', world.server.ca),
      tenants.hmacSource('shop', 'hmac'),
      tenants.fetchedSource('shop', 'fetched', provider.jwksURI),
      ...tenants.api('shop', 'orders', ['hmac', 'fetched']),
    );
    await world.wait(
      'condition=Ready',
      '-n',
      'shop',
      'authsource/hmac',
      'authsource/fetched',
      'apibinding/orders',
    );
  });

  it('a Secret elsewhere is not permitted, and another namespace is not looked at', async () => {
    await world.apply(
      tenants.hmacSource('web', 'hmac'),
      tenants.fetchedSource('other', 'a', provider.jwksURI),
    );
    const reason = 'jsonpath={.status.conditions[?(@.type=="Accepted")].reason}';
    await world.wait(`${reason}=SecretNotPermitted`, '-n', 'web', 'authsource/hmac');
    const ready = ['-n', 'other', 'get', 'authsource/a', '-o', 'jsonpath={.status.conditions[0].reason}'];
    expect(await world.kubectl(ready)).toBe('Pending');
  });

  it('the CA bundle is in every watched namespace', async () => {
    await vi.waitFor(async () => {
      for (const place of ['shop', 'web', HOME]) {
        await world.kubectl(['-n', place, 'get', 'configmap/portcullis-ca']);
      }
    }, SOON);
  });

  it('validators get their policy, by the keys that every account may read', async () => {
    await vi.waitFor(async () => expect(await askPolicy(world)).toEqual({ status: 200 }), SOON);
    const what = (await world.asked()).map((one) => one.what);
    expect(what).toContain('get /openid/v1/jwks');
    expect(what.filter((one) => one.includes('review'))).toEqual([]);
  });

  it('is refused what only an administrator can give, and nothing else', async () => {
    const refused = (await world.asked()).filter(({ code }) => code === 403);
    expect(unique(refused.map(({ what, where }) => `${what} in ${where}`))).toEqual([
      `get admissionregistration.k8s.io/mutatingwebhookconfigurations in portcullis-${HOME}`,
      `get admissionregistration.k8s.io/validatingwebhookconfigurations in portcullis-${HOME}`,
      'list secrets in web/hmac',
    ]);
  });

  it('may do what the Roles say', async () => {
    const rules = operatorRules((await render(VALUES)).objects);
    const role = (id: string) => rules.get(`Role ${id}`) ?? [];
    expect(await rightsIn(world, 'other')).toEqual([]);
    expect(await rightsIn(world, 'web')).toEqual(unique(role('web/portcullis-operator-watch')));
    expect(await rightsIn(world, 'shop')).toEqual(
      unique([...role('shop/portcullis-operator-watch'), ...role('shop/portcullis-operator-secrets')]),
    );
    expect(await rightsIn(world, HOME)).toEqual(unique(role(`${HOME}/portcullis-operator`)));
    const all = await world.kubectl([
      'auth',
      'can-i',
      '--list',
      '--kubeconfig',
      world.kubeconfig,
      '-n',
      'web',
    ]);
    expect(all).not.toMatch(/secrets|\*\.\*/);
  });
});

describe('with the cluster’s part of the chart', () => {
  beforeAll(async () => {
    await operator.stop();
    const args = ['template', 'portcullis', CHART, '--namespace', HOME, '--values', '-'];
    const { stdout } = await helm(args, JSON.stringify({ ...VALUES, render: 'ClusterScoped' }));
    await world.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], stdout);
    await leadWebhookTo(world, `portcullis-${HOME}`);
    operator = await world.startOperator(OPTIONS);
  });

  it('admission judges, and a source in use is kept', async () => {
    const bad = tenants.hmacSource('shop', 'hmac', { expressions: [{ expression: 'claims.' }] });
    await vi.waitFor(async () => expect(world.apply(bad)).rejects.toThrow('(InvalidExpression)'), SOON);
    const remove = world.kubectl(['-n', 'shop', 'delete', 'authsource/fetched', '--wait=false']);
    await expect(remove).rejects.toThrow('is used by ApiBinding shop/orders');
  });

  it('has been refused nothing more', async () => {
    const refused = (await world.asked()).filter(({ code }) => code === 403).map(({ what }) => what);
    expect(unique(refused)).toEqual([
      'get admissionregistration.k8s.io/mutatingwebhookconfigurations',
      'get admissionregistration.k8s.io/validatingwebhookconfigurations',
      'list secrets',
    ]);
    const patched = 'patch admissionregistration.k8s.io/validatingwebhookconfigurations';
    expect((await world.asked()).findLast(({ what }) => what === patched)?.code).toBe(200);
  });
});
