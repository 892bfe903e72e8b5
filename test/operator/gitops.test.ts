/** Objects in any order, and grants that come and go: what people apply settles to Ready, and tools can wait for it. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { messageOf } from './board.ts';
import { type Operator, startWorld, type World } from './harness.ts';
import { kstatus } from './judging.ts';
import { binding, ENABLED, hmac, namespace, pod, secret, service, source } from './objects.ts';
import { startValidator, type Validator } from './validator.ts';

let world: World;
let operator: Operator;
let validator: Validator | undefined;

beforeAll(async () => {
  world = await startWorld({
    namespaces: [namespace('shop', ENABLED), namespace('identity')],
    secretsIn: ['shop'],
  });
  await world.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node' } });
  await world.ready('Node', 'node');
  operator = await world.start();
});
afterAll(async () => {
  await validator?.stop();
  await world?.stop();
});

const shows = (id: string, shown: Readonly<Record<string, string>>) =>
  world.board.shows('ApiBinding', id, shown);

it('a binding before its source, the source before its Secret, all before the Service: it settles', async () => {
  const waiting = ['wait', '--for=condition=Ready', 'apibinding/orders', '-n', 'shop', '--timeout=90s'];
  const wanted = binding('shop/orders', { sources: [{ name: 'hs' }] });
  await world.apply(wanted);
  const settled = world.kubectl(...waiting);
  const first = await shows('shop/orders', {
    Ready: 'False TargetNotFound',
    SourcesResolved: 'False SourceNotPermitted',
  });
  expect(kstatus(first)).toBe('InProgress');
  await world.apply(service('shop/orders'));
  await shows('shop/orders', { Ready: 'False SourceNotPermitted', Accepted: 'True Accepted' });
  await world.apply(source('shop/hs', hmac('hs')));
  const third = await shows('shop/orders', { Ready: 'False SourceNotReady' });
  expect(kstatus(third)).toBe('InProgress');
  await world.apply(secret('shop/hs', 'x'.repeat(64)));
  const last = await shows('shop/orders', { Ready: 'True Ready' });
  expect(kstatus(last)).toBe('Current');
  expect(await settled).toContain('condition met');

  // Applied again, nothing is another than before.
  await world.apply(wanted, source('shop/hs', hmac('hs')));
  expect((await shows('shop/orders', { Ready: 'True Ready' })).metadata.generation).toBe(1);
});

describe('a source of another namespace', () => {
  const shared = (allowedNamespaces: JsonObject) => source('identity/keys', {}, { allowedNamespaces });
  const selecting = { from: 'Selector', selector: { matchLabels: { team: 'a' } } };
  const permitted = { Ready: 'True Ready', SourcesResolved: 'True SourcesResolved' };
  const refused = { Ready: 'False SourceNotPermitted', SourcesResolved: 'False SourceNotPermitted' };
  const bindings = (count: number) =>
    world.board.until(`${count} bindings`, () => {
      const status = world.board.now('AuthenticationSource', 'identity/keys')?.status;
      const { bindingCount, bindings } = (status ?? {}) as { bindingCount?: number; bindings?: JsonObject[] };
      return bindingCount === count ? bindings : undefined;
    });

  it('can be used as far as it permits, and not a moment longer', async () => {
    await world.apply(
      shared({ from: 'Same' }),
      service('shop/a'),
      binding('shop/a', { sources: [{ name: 'keys', namespace: 'identity' }] }),
      pod('shop/a-1', { app: 'a', injected: VERSION }),
    );
    await world.ready('Pod', 'shop/a-1');
    validator = await startValidator(world, operator, 'shop/a-1');
    const sources = (count: number) =>
      validator?.until(`${count} sources`, ({ policy }) => policy.sources.length === count);
    const object = await shows('shop/a', refused);
    expect(messageOf(object)).toContain('identity/keys: not there, or not permitting the namespace shop');
    await sources(0);

    await world.apply(shared({ from: 'All' }));
    await sources(1);
    await shows('shop/a', permitted);
    expect(await bindings(1)).toEqual([{ namespace: 'shop', name: 'a' }]);

    await world.apply(shared(selecting));
    await sources(0);
    await shows('shop/a', refused);
    expect(await bindings(0)).toEqual([]);

    await world.kubectl('label', 'namespace', 'shop', 'team=a');
    await sources(1);
    await shows('shop/a', permitted);
    await bindings(1);

    await world.kubectl('label', 'namespace', 'shop', 'team-');
    await sources(0);
    await shows('shop/a', refused);

    const expression = { matchExpressions: [{ key: 'portcullis.dev/injection', operator: 'Exists' }] };
    await world.apply(shared({ from: 'Selector', selector: expression }));
    await shows('shop/a', permitted);
    await world.apply(shared({ from: 'Same' }));
    await shows('shop/a', refused);
  });
});

describe('readers', () => {
  it('see short names and the category', async () => {
    for (const name of ['authsource', 'authsrc']) {
      expect(await world.columns(name, 'hs', '-n', 'shop', '--no-headers')).toEqual([
        'hs True Ready https://shop/hs.example 1 1',
      ]);
    }
    expect(await world.columns('portcullis', '-n', 'shop', '--no-headers')).toEqual([
      'apibinding.portcullis.dev/a False SourceNotPermitted 0 1/1',
      'apibinding.portcullis.dev/orders True Ready 1 0/0',
      'authenticationsource.portcullis.dev/hs True Ready https://shop/hs.example 1 1',
    ]);
  });

  it('find Events with kubectl describe', async () => {
    const described = await world.kubectl('describe', 'apibinding', 'orders', '-n', 'shop');
    expect(described).toMatch(
      /Warning +TargetNotFound .* portcullis\.dev\/operator +ApiBinding shop\/orders: There is no/,
    );
    expect(described).toMatch(/Normal +Ready /);
  });
});
