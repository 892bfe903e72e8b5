/** The API server asks the operator's own webhook, over the certificate that the operator has made for itself. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { validatingWebhookConfiguration } from '../../src/operator/admission/configuration.ts';
import { freePorts } from '../support/server.ts';
import { startWorld, type World } from './harness.ts';
import { askWebhook } from './load.ts';
import { binding, ENABLED, namespace, service, source } from './objects.ts';
import { HOME } from './rights.ts';

let world: World;
let port: number;

beforeAll(async () => {
  world = await startWorld({ namespaces: [namespace('shop', ENABLED), namespace('identity')] });
  [port = 0] = await freePorts(1);
  const name = 'portcullis-webhook';
  await world.apply(
    // The certificate is for the Service's name; this Service leads to the test's own machine.
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: HOME, name },
      spec: { type: 'ExternalName', externalName: 'localhost' },
    },
    validatingWebhookConfiguration({
      name: 'portcullis',
      server: { kind: 'service', namespace: HOME, name, port },
    }),
  );
  await world.start('--webhook', `127.0.0.1:${port}`);
});
afterAll(() => world?.stop());

const create = (object: JsonObject, ...args: readonly string[]) =>
  world.server.kubectl(['create', '-f', '-', ...args], JSON.stringify(object));

/** Tries it until the API server goes by what was installed a moment ago. */
async function refused(object: JsonObject): Promise<string> {
  for (;;) {
    const { code, stderr } = await create(object, '--dry-run=server');
    if (code !== 0) return stderr;
  }
}

it('the operator fills in the caBundle of each webhook', async () => {
  const path = '{range .webhooks[*]}{.clientConfig.caBundle}{"\\n"}{end}';
  const ca = await world.kubectl(
    'get',
    'configmap',
    'portcullis-ca',
    '-n',
    HOME,
    '-o',
    'jsonpath={.data.ca\\.crt}',
  );
  const wanted = Buffer.from(ca).toString('base64');
  const get = ['get', 'validatingwebhookconfiguration', 'portcullis', '-o', `jsonpath=${path}`];
  await expect.poll(() => world.kubectl(...get), { timeout: 30_000 }).toBe(`${wanted}\n`.repeat(3));
});

it('the operator fills in the paths, with a key without which nothing is served', async () => {
  const paths = 'jsonpath={.webhooks[*].clientConfig.service.path}';
  const [keyed = '', ...others] = (
    await world.kubectl('get', 'validatingwebhookconfiguration', 'portcullis', '-o', paths)
  ).split(' ');
  const key = keyed.slice('/admission/validate/'.length);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(others).toEqual([`/admission/validate/${key}`, `/admission/guarded/${key}`]);
  expect(await askWebhook(port, key)).toBe('allowed: false');
  const wrong = `${key.slice(1)}${key[0] === 'a' ? 'b' : 'a'}`;
  expect(await askWebhook(port, wrong)).toBe('404 no webhook has this path\n');
});

it('puts back a path that was changed', async () => {
  const place = '/webhooks/0/clientConfig/service/path';
  const patch = JSON.stringify([{ op: 'replace', path: place, value: '/admission/validate' }]);
  const configuration = ['validatingwebhookconfiguration', 'portcullis'];
  await world.kubectl('patch', ...configuration, '--type=json', '-p', patch);
  const path = 'jsonpath={.webhooks[0].clientConfig.service.path}';
  const look = () => world.kubectl('get', ...configuration, '-o', path);
  await expect.poll(look, { timeout: 30_000 }).toMatch(/^\/admission\/validate\/[0-9a-f]{64}$/);
});

it('an expression that does not compile is refused, with the field and the remedy', async () => {
  const text = await refused(source('shop/bad', { expressions: [{ expression: 'nosuch == 1' }] }));
  expect(text).toMatch(
    /invalid: spec\.jwt\.expressions\[0\]\.expression: .*; correct the expression.*\(InvalidExpression\)/,
  );
});

it('references that are not there yet, and doubts, are warnings', async () => {
  const unchecked = await create(source('shop/doubtful', { audiences: [] }));
  expect([unchecked.code, unchecked.stderr]).toEqual([
    0,
    expect.stringMatching(/Warning: .*spec\.jwt\.audiences/),
  ]);
  const early = await create(binding('shop/early', { sources: [{ name: 'later' }] }));
  expect([early.code, early.stderr]).toEqual([0, expect.stringMatching(/Warning: .*later/)]);
});

describe('a source in use', () => {
  const remove = (name: string, ...args: readonly string[]) =>
    world.server.kubectl(['delete', 'authsource', name, '-n', 'identity', '--wait=false', ...args]);

  beforeAll(async () => {
    await world.apply(
      ...['used', 'forced', 'unused', 'private'].map((name) =>
        source(`identity/${name}`, {}, name === 'private' ? {} : { allowedNamespaces: { from: 'All' } }),
      ),
      ...['used', 'forced', 'private'].flatMap((name) => [
        service(`shop/${name}`),
        binding(`shop/${name}`, { sources: [{ name, namespace: 'identity' }] }),
      ]),
    );
    for (const name of ['used', 'forced']) {
      await world.board.shows('ApiBinding', `shop/${name}`, { Ready: 'True Ready' });
    }
  });

  it('cannot be deleted, and the answer names the bindings', async () => {
    for (const args of [[], ['--dry-run=server']]) {
      const { code, stderr } = await remove('used', ...args);
      expect([code, stderr]).toEqual([1, expect.stringContaining('is used by ApiBinding shop/used')]);
    }
    await expect
      .poll(() => world.columns('authsource', 'used', '-n', 'identity', '--no-headers'), { timeout: 20_000 })
      .toEqual(['used True Ready https://identity/used.example 1 1']);
  });

  it('can be with the annotation that the answer names', async () => {
    const { stderr } = await remove('forced');
    const command = /`kubectl (annotate [^`]+)`/.exec(stderr)?.[1] ?? '';
    await world.kubectl(...command.split(' '));
    expect((await remove('forced')).code).toBe(0);
    await world.board.shows('ApiBinding', 'shop/forced', { Ready: 'False SourceNotPermitted' });
  });

  it('can be together with its namespace', async () => {
    await world.apply(
      source('identity/ending', {}, { allowedNamespaces: { from: 'All' } }),
      service('shop/ending'),
    );
    await world.apply(binding('shop/ending', { sources: [{ name: 'ending', namespace: 'identity' }] }));
    await world.board.shows('ApiBinding', 'shop/ending', { Ready: 'True Ready' });
    expect((await remove('ending')).code).toBe(1);
    const controller = '--as=system:serviceaccount:kube-system:namespace-controller';
    expect(await remove('ending', controller)).toMatchObject({ code: 0 });
  });

  it('can be once nothing uses it, or nothing may', async () => {
    expect((await remove('unused')).code).toBe(0);
    expect((await remove('private')).code).toBe(0);
    await world.kubectl('delete', 'apibinding', 'used', '-n', 'shop');
    expect((await remove('used')).code).toBe(0);
  });
});
