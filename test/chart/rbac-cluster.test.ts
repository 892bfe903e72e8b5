/** The chart's rights, for the whole cluster: enough for the operator, every one of them used, and no others. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Server } from '../support/server.ts';
import { type Installed, installed, leadWebhookTo, namespace } from './installed.ts';
import { askPolicy } from './policy-question.ts';
import { operatorRules, rightsIn, unique } from './rbac.ts';
import { at, HOME, render } from './render.ts';
import * as tenants from './tenants.ts';

const SOON = { timeout: 45_000, interval: 100 };
const VALUES = { secretAccess: { namespaces: ['shop'] } };

let world: Installed;
let provider: tenants.Provider;
let operator: Server;

beforeAll(async () => {
  provider = await tenants.startProvider();
  world = await installed([
    namespace('shop', { 'portcullis.dev/injection': 'enabled' }),
    namespace('closed'),
    ...tenants.gatewayApi,
  ]);
  await world.install(VALUES);
  operator = await world.startOperator(['--allow-insecure-http', '--fetch-deny-cidrs=192.0.2.0/24']);
});
afterAll(async () => {
  await world?.stop();
  provider?.stop();
});

const fetched = (name: string) => tenants.fetchedSource('shop', name, provider.jwksURI);

const caBundle = async (kind: string): Promise<string> => {
  const jsonpath = 'jsonpath={.webhooks[*].clientConfig.caBundle}';
  return world.kubectl(['get', kind, 'portcullis', '-o', jsonpath]);
};

describe('the operator, with nothing but its service account', () => {
  it('gives the webhook configurations their caBundle, which an upgrade leaves alone', async () => {
    await vi.waitFor(async () => {
      for (const kind of ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration']) {
        const names = await world.kubectl(['get', kind, 'portcullis', '-o', 'jsonpath={.webhooks[*].name}']);
        const bundles = (await caBundle(kind)).split(' ').filter((bundle) => bundle.length > 100);
        expect(bundles).toHaveLength(names.split(' ').length);
      }
    }, SOON);
    const before = await caBundle('validatingwebhookconfiguration');
    await world.install({ ...VALUES, replicas: 3 });
    expect(await caBundle('validatingwebhookconfiguration')).toBe(before);
    await leadWebhookTo(world, 'portcullis');
  });

  it('brings sources and bindings to Ready, by Secret, ConfigMap and fetched keys', async () => {
    await world.apply(
      tenants.secret('shop', 'hmac'),
      tenants.bundle('shop', 'fetched', world.server.ca),
      tenants.hmacSource('shop', 'hmac'),
      fetched('fetched'),
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
    const kept = await world.kubectl(['-n', HOME, 'get', 'configmap', '-l', 'portcullis.dev/keys=true']);
    expect(kept).toContain('portcullis-keys-');
    const events = await world.kubectl(['-n', 'shop', 'get', 'events.events.k8s.io', '-o', 'name']);
    expect(events).toContain('event.events.k8s.io/hmac.');
  });

  it('says of a Secret that it may not read which Role is missing', async () => {
    await world.apply(tenants.secret('closed', 'hmac'), tenants.hmacSource('closed', 'hmac'));
    const where = ['-n', 'closed', 'authsource/hmac'];
    await world.wait(
      'jsonpath={.status.conditions[?(@.type=="Accepted")].reason}=SecretNotPermitted',
      ...where,
    );
    const message = '{.status.conditions[?(@.type=="Accepted")].message}';
    expect(await world.kubectl(['get', ...where, '-o', `jsonpath=${message}`])).toContain(
      "add closed to the chart's secretAccess.namespaces, or grant get, list and watch there by a Role",
    );
  });

  it('reads it as soon as the chart says so', async () => {
    const both = { secretAccess: { namespaces: ['shop', 'closed'] } };
    await world.install(both, '--force-conflicts');
    await world.wait('condition=Ready', '-n', 'closed', 'authsource/hmac');
    await world.install(VALUES, '--force-conflicts');
    await leadWebhookTo(world, 'portcullis');
  });

  it('judges at admission, over the certificate that it has made', async () => {
    const bad = tenants.hmacSource('shop', 'hmac', { expressions: [{ expression: 'claims.' }] });
    await vi.waitFor(async () => expect(world.apply(bad)).rejects.toThrow('(InvalidExpression)'), SOON);
    // It looks at what they name, and changes nothing in a dry run.
    const named = [tenants.hmacSource('closed', 'hmac', { clientIDs: ['shop'] }), fetched('another')];
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: named });
    await world.kubectl(['apply', '--dry-run=server', '-f', '-'], list);
  });

  it('asks whose token a validator has, and gives it its policy', async () => {
    await vi.waitFor(async () => expect(await askPolicy(world)).toEqual({ status: 200 }), SOON);
    // Its pod was looked at, too.
    const sidecars = ['-n', 'shop', 'get', 'pod/orders-0', '-o', 'jsonpath={.spec.initContainers[*].name}'];
    expect(await world.kubectl(sidecars)).toContain('portcullis-validator');
    // A Service leads to the ports of an EndpointSlice that have its own port's name.
    const slice = ['-n', HOME, 'get', 'endpointslice/portcullis-policy', '-o', 'jsonpath={.ports[0].name}'];
    const { one } = await render(VALUES);
    expect(await world.kubectl(slice)).toBe(
      at(one(`Service ${HOME}/portcullis-policy`), 'spec.ports.0.name'),
    );
  });

  it('says of which workloads pods are refused', async () => {
    const kinds = { ReplicaSet: 'apps/v1', ReplicationController: 'v1', Job: 'batch/v1' };
    await world.apply(
      ...Object.entries(kinds).map(([kind, version]) => tenants.failedCreate('shop', kind, version)),
    );
    await vi.waitFor(async () => {
      const asked = (await world.asked()).map(({ what }) => what);
      expect(asked).toEqual(
        expect.arrayContaining(['get apps/replicasets', 'get replicationcontrollers', 'get batch/jobs']),
      );
    }, SOON);
  });

  it('keeps a source that is in use', async () => {
    const remove = world.kubectl(['-n', 'shop', 'delete', 'authsource/fetched', '--wait=false']);
    await expect(remove).rejects.toThrow('is used by ApiBinding shop/orders');
  });

  it('takes away what is of no use any more', async () => {
    await world.kubectl(['-n', 'shop', 'delete', 'apibinding/orders', 'authsource/fetched']);
    await world.wait('delete', '-n', HOME, 'configmap', '-l', 'portcullis.dev/keys=true');
    await world.kubectl(['label', 'namespace', 'shop', 'portcullis.dev/injection-']);
    await world.wait('delete', '-n', 'shop', 'configmap/portcullis-ca');
  });

  it('makes a broken certificate anew, also where the Secret cannot be changed', async () => {
    for (const immutable of [false, true]) {
      const patch = JSON.stringify({ immutable, data: { 'tls.crt': 'eA==' } });
      await world.kubectl(['-n', HOME, 'patch', 'secret/portcullis-tls', '--type=merge', '-p', patch]);
      // It looks at once when namespaces change.
      await world.apply(namespace(`another-${immutable}`));
      const jsonpath = 'jsonpath={.data.tls\\.crt}';
      await vi.waitFor(async () => {
        const shown = await world.kubectl(['-n', HOME, 'get', 'secret/portcullis-tls', '-o', jsonpath]);
        expect(shown.length).toBeGreaterThan(100);
      }, SOON);
    }
  });

  it('gives the Lease up when it ends', async () => {
    operator.signal('SIGTERM');
    expect(await operator.ended()).toBe('ended (exit code 0)');
    const holder = ['-n', HOME, 'get', 'lease/portcullis-operator', '-o', 'jsonpath={.spec.holderIdentity}'];
    expect(await world.kubectl(holder)).toBe('');
  });

  it('was refused nothing but the Secret', async () => {
    const refused = (await world.asked()).filter(({ code }) => code === 403);
    expect(unique(refused.map(({ what, where }) => `${what} in ${where}`))).toEqual([
      'get secrets in closed/hmac',
      'list secrets in closed/hmac',
    ]);
  });

  it('has used every right', async () => {
    const used = new Set((await world.asked()).map(({ what }) => what));
    const { objects } = await render(VALUES);
    const given = [...operatorRules(objects).values()].flat().map((one) => one.split(' ', 2).join(' '));
    expect([...new Set(given)].filter((right) => !used.has(right))).toEqual(NOT_SEEN);
  });

  it('has none that the chart does not name', async () => {
    const { objects } = await render(VALUES);
    const rules = operatorRules(objects);
    const everywhere = rules.get('ClusterRole portcullis-operator') ?? [];
    const own = rules.get(`Role ${HOME}/portcullis-operator`) ?? [];
    const secrets = rules.get('Role shop/portcullis-operator-secrets') ?? [];
    expect(await rightsIn(world, 'closed')).toEqual(unique(everywhere));
    expect(await rightsIn(world, 'shop')).toEqual(unique([...everywhere, ...secrets]));
    expect(await rightsIn(world, HOME)).toEqual(unique([...everywhere, ...own]));
    expect([...everywhere, ...own, ...secrets].join('\n')).not.toContain('*');
    expect(everywhere.filter((right) => right.includes('secrets'))).toEqual([]);
  });
});

/** Audited as a patch, for server-side apply asks for it only where there is nothing yet; and for repeated Events. */
const NOT_SEEN = [
  'create configmaps',
  'patch events.k8s.io/events',
  'create discovery.k8s.io/endpointslices',
];
