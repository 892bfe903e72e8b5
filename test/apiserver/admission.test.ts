/** kubectl against a real API server that asks admission over https: what is refused, warned of, and let through. */
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type AdmissionWorld, startAdmission } from './admission-world.ts';
import { type Connected, connectTo } from './connect.ts';
import { type ApiServer, startApiServer } from './harness.ts';

const crds = fileURLToPath(new URL('../../crds', import.meta.url));
const SOON = { timeout: 30_000, interval: 50 };

let server: ApiServer;
let connected: Connected;
let world: AdmissionWorld;

beforeAll(async () => {
  server = await startApiServer();
  expect((await server.kubectl(['apply', '--server-side', '-f', crds])).stderr).toBe('');
  await server.kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', crds]);
  connected = connectTo(server.kubeconfig);
  world = await startAdmission(connected.client);
  await world.install(server);
  // The API server goes by a new configuration a moment later.
  await vi.waitFor(
    async () => expect((await apply(source('probe', BAD), '--dry-run=server')).code).toBe(1),
    SOON,
  );
});

afterAll(async () => {
  await world?.stop();
  await connected?.close();
  await server?.stop();
});

/** Each test has a namespace of its own. */
let namespace = '';
let tests = 0;

beforeEach(async () => {
  tests += 1;
  namespace = `shop-${tests}`;
  await server.kubectl(['create', 'namespace', namespace]);
  await inCache(() => world.store.get('Namespace', namespace));
});

afterEach(() => {
  expect(world.errors).toEqual([]);
});

const inCache = (found: () => unknown) => vi.waitFor(() => expect(found()).toBeTruthy(), SOON);

const GOOD: JsonObject = { issuer: 'https://id.example', audiences: ['api'] };
const BAD: JsonObject = { ...GOOD, expressions: [{ expression: 'claims.' }, { expression: 'nobody' }] };

const manifest = (kind: string, name: string, spec: JsonObject, metadata: JsonObject = {}): string =>
  JSON.stringify({ apiVersion: 'portcullis.dev/v1alpha1', kind, metadata: { name, ...metadata }, spec });
const source = (name: string, jwt: JsonObject, spec: JsonObject = {}) =>
  manifest('AuthenticationSource', name, { jwt, ...spec });
const binding = (name: string, spec: JsonObject = {}, metadata: JsonObject = {}) =>
  manifest(
    'ApiBinding',
    name,
    { targetRefs: [{ kind: 'Service', name }], sources: [{ name: 'okta' }], ...spec },
    metadata,
  );
const service = (name: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80 }] },
  });

const kubectl = (...args: readonly string[]) => server.kubectl(['-n', namespace || 'default', ...args]);
const apply = (text: string, ...args: readonly string[]) =>
  server.kubectl(['-n', namespace || 'default', 'apply', '-f', '-', ...args], text);

/** A source, a Service and a binding that uses both, known to the cache. */
async function setUp(): Promise<void> {
  for (const text of [source('okta', GOOD), service('orders'), binding('orders')]) {
    expect((await apply(text)).code).toBe(0);
  }
  await inCache(() => world.store.get('ApiBinding', `${namespace}/orders`));
  await inCache(() => world.store.get('AuthenticationSource', `${namespace}/okta`));
}

describe('kubectl apply', () => {
  it('is told of every problem, by field and with the remedy', async () => {
    const { code, stderr } = await apply(source('okta', BAD));
    expect(code).toBe(1);
    expect(stderr).toContain('The AuthenticationSource "okta" is invalid:');
    expect(stderr).toMatch(/\* spec\.jwt\.expressions\[0\]\.expression: .*; correct the expression/);
    expect(stderr).toMatch(/\* spec\.jwt\.expressions\[1\]\.expression: .*\(InvalidExpression\)/);
    expect((await kubectl('get', 'authsource', 'okta')).code).toBe(1);
  });

  it('takes a binding before its source and its Service, and says what is missing', async () => {
    const { code, stdout, stderr } = await apply(binding('orders'));
    expect([code, stdout]).toEqual([0, 'apibinding.portcullis.dev/orders created\n']);
    expect(stderr).toContain(
      `Warning: spec.sources[0]: there is no AuthenticationSource ${namespace}/okta that permits this namespace; `,
    );
    expect(stderr).toContain(`Warning: spec.targetRefs: there is no Service ${namespace}/orders; `);
  });

  it('has nothing to say where all is there', async () => {
    await setUp();
    await inCache(() => world.store.get('Service', `${namespace}/orders`));
    expect(await apply(binding('orders', { mode: 'Audit' }))).toMatchObject({ code: 0, stderr: '' });
  });

  it('is warned of an older binding', async () => {
    await setUp();
    const { code, stderr } = await apply(
      binding('younger', { targetRefs: [{ kind: 'Service', name: 'orders' }] }),
    );
    expect(code).toBe(0);
    expect(stderr).toContain(`Warning: spec.hosts: the older binding ${namespace}/orders guards a host`);
  });

  it('is warned of a missing and of a bad Secret', async () => {
    const hmac = { ...GOOD, keys: { hmac: [{ secretKeyRef: { name: 's', key: 'k' }, encoding: 'Text' }] } };
    expect((await apply(source('hmac', hmac), '--dry-run=server')).stderr).toContain(
      `there is no Secret ${namespace}/s`,
    );
    await kubectl('create', 'secret', 'generic', 's', '--from-literal=k=not-long');
    const { stderr } = await apply(source('hmac', hmac));
    expect(stderr).toContain('(KeyTooShort)');
    expect(stderr).not.toContain('not-long');
  });

  it('changes nothing in a dry run', async () => {
    const { code, stdout, stderr } = await apply(
      source('okta', { issuer: 'https://id.example' }),
      '--dry-run=server',
    );
    expect([code, stdout]).toEqual([
      0,
      'authenticationsource.portcullis.dev/okta created (server dry run)\n',
    ]);
    expect(stderr).toContain('Warning: spec.jwt.audiences: aud is not checked');
    expect((await kubectl('get', 'authsource', 'okta')).code).toBe(1);
    expect((await apply(source('okta', BAD), '--dry-run=server')).code).toBe(1);
  });

  it('is warned, and no more, before the caches are filled', async () => {
    world.isSynced = false;
    const [good, bad] = [await apply(source('okta', GOOD)), await apply(source('bad', BAD))];
    world.isSynced = true;
    expect(good).toMatchObject({ code: 0, stderr: expect.stringContaining('against other objects yet') });
    expect(bad.code).toBe(1);
  });
});

describe('an update', () => {
  it('to something bad is refused; labels of what is bad already are not', async () => {
    await world.answering(false);
    // Nobody answers: the API server lets it in.
    const created = await apply(source('okta', BAD));
    await world.answering(true);
    expect(created.code).toBe(0);
    expect(await kubectl('label', 'authsource', 'okta', 'team=web')).toMatchObject({ code: 0, stderr: '' });
    const patch = (spec: JsonObject) =>
      kubectl('patch', 'authsource', 'okta', '--type=merge', '-p', JSON.stringify({ spec }));
    expect((await patch({ displayName: 'Okta' })).code).toBe(1);
    expect(await patch({ jwt: { expressions: [] } })).toMatchObject({ code: 0, stderr: '' });
    const worse = await server.kubectl(['-n', namespace, 'replace', '-f', '-'], source('okta', BAD));
    expect([worse.code, worse.stderr]).toEqual([1, expect.stringContaining('expressions[0]')]);
  });

  it('of the status is nobody’s business', async () => {
    await setUp();
    const patch = JSON.stringify({ status: { bindingCount: 1 } });
    const args = ['patch', 'authsource', 'okta', '--subresource=status', '--type=merge', '-p', patch];
    expect((await kubectl(...args)).code).toBe(0);
  });
});

describe('kubectl delete', () => {
  const remove = (...args: readonly string[]) =>
    kubectl('delete', 'authsource', 'okta', '--wait=false', ...args);

  it('of a source in use is refused, by name and by collection, dry or not', async () => {
    await setUp();
    const refusal = `AuthenticationSource ${namespace}/okta is used by ApiBinding ${namespace}/orders, which`;
    for (const args of [[], ['--dry-run=server'], ['--grace-period=0', '--force']]) {
      const { code, stderr } = await remove(...args);
      expect([code, stderr]).toEqual([1, expect.stringContaining(refusal)]);
    }
    const collection = `/apis/portcullis.dev/v1alpha1/namespaces/${namespace}/authenticationsources`;
    const all = await server.kubectl(['delete', '--raw', collection]);
    expect([all.code, all.stderr]).toEqual([1, expect.stringContaining(refusal)]);
    expect((await kubectl('get', 'authsource', 'okta')).code).toBe(0);
  });

  it('passes with the annotation, whether anybody answers or not', async () => {
    await setUp();
    await world.answering(false);
    const refused = await remove();
    await kubectl('annotate', 'authsource', 'okta', 'portcullis.dev/force-delete=true');
    const forced = await remove();
    await world.answering(true);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('protect.portcullis.dev')]);
    expect(forced).toMatchObject({ code: 0, stderr: '' });
  });

  it('passes right after its binding is gone, whatever the cache still has', async () => {
    await setUp();
    expect((await kubectl('delete', 'apibinding/orders', 'authsource/okta')).code).toBe(0);
  });

  it('passes in a namespace that is being deleted', async () => {
    await setUp();
    expect((await server.kubectl(['delete', 'namespace', namespace, '--wait=false'])).code).toBe(0);
    expect((await remove()).code).toBe(0);
  });

  it('passes for the namespace controller', async () => {
    await setUp();
    const controller = 'system:serviceaccount:kube-system:namespace-controller';
    expect((await remove(`--as=${controller}`, '--as-group=system:masters')).code).toBe(0);
  });
});
