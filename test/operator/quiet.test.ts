/** Nothing changes, and nothing is written: counted by the API server itself. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { type Reflector, startReflector } from '../../src/kubernetes/reflector.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { FETCH, startWorld, type World } from './harness.ts';
import { binding, ENABLED, hmac, namespace, pod, secret, service, source } from './objects.ts';
import { type Provider, startProvider } from './provider.ts';
import { HOME } from './rights.ts';
import { fetched } from './source-cases.ts';
import { startValidator, type Validator } from './validator.ts';

let world: World;
let provider: Provider;
let validator: Validator;
let leases: Reflector<KubernetesObject>;
/** One every 2 s. */
let renewals = 0;
let onRenewal = () => {};

const NAMES = Array.from({ length: 10 }, (_, i) => `api-${i}`);

beforeAll(async () => {
  provider = await startProvider();
  provider.issues('id', 'a', 'b');
  world = await startWorld({ namespaces: [namespace('shop', ENABLED)], secretsIn: ['shop'] });
  await world.apply(
    ...[{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node' } }, source('shop/keys')],
    ...[secret('shop/hs', 'x'.repeat(64)), source('shop/hs', hmac('hs'))],
    // Fetched again every second, and the same each time.
    source('shop/id', fetched(provider, 'id', { refreshInterval: '1s' })),
    // Never to be had.
    source('shop/down', fetched(provider, 'none', { retryInterval: '1s', refreshInterval: '1s' })),
    ...NAMES.flatMap((name) => [
      service(`shop/${name}`),
      binding(`shop/${name}`, { sources: ['keys', 'hs', 'id', 'down'].map((one) => ({ name: one })) }),
    ]),
    pod('shop/pod', { app: 'api-0', injected: VERSION }),
  );
  await world.ready('Node', 'node');
  await world.ready('Pod', 'shop/pod');
  validator = await startValidator(world, await world.start(...FETCH), 'shop/pod');
  leases = startReflector<KubernetesObject>({
    client: world.admin,
    clock: systemClock,
    random: Math.random,
    resource: RESOURCES.Lease,
    selection: { namespace: HOME, fieldSelector: 'metadata.name=portcullis-operator' },
    trim: (object) => object,
    onChange: () => {
      renewals += 1;
      onRenewal();
    },
  });
});
afterAll(async () => {
  await validator?.stop();
  await leases?.stop();
  await world?.stop();
  await provider?.stop();
});

async function renewed(times: number): Promise<void> {
  const wanted = renewals + times;
  while (renewals < wanted) {
    await new Promise<void>((resolve) => {
      onRenewal = resolve;
    });
  }
}

const WRITE =
  /^apiserver_request_total\{(.*verb="(?:POST|PUT|PATCH|APPLY|DELETE|DELETECOLLECTION)".*)\} (\S+)$/gm;

/** By verb and resource. */
async function writes(): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const [, labels = '', count] of (await world.kubectl('get', '--raw', '/metrics')).matchAll(WRITE)) {
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    const key = [label('verb'), label('resource'), label('subresource')].filter(Boolean).join(' ');
    counts.set(key, (counts.get(key) ?? 0) + Number(count));
  }
  return counts;
}

it('but Lease renewals nothing is written while nothing changes', async () => {
  const shown = { Ready: 'False SourceNotReady', Guarded: 'True NoPods' };
  for (const name of NAMES.slice(1)) await world.board.shows('ApiBinding', `shop/${name}`, shown);
  await world.board.shows('ApiBinding', 'shop/api-0', { Programmed: 'True Programmed' });
  await world.board.shows('AuthenticationSource', 'shop/id', { Ready: 'True Ready' });
  await world.board.shows('AuthenticationSource', 'shop/down', {
    Ready: 'False RemoteHostRespondedWithError',
  });
  // A second write to an object waits for up to 5 s.
  await renewed(4);
  const [before, asked] = [await writes(), provider.asked('id')];
  await renewed(12);
  const after = await writes();
  const written = [...after].flatMap(([key, count]) => {
    const more = count - (before.get(key) ?? 0);
    return more > 0 ? [[key, more] as const] : [];
  });
  expect(written).toEqual([['PUT leases', expect.any(Number)]]);
  // There would have been reasons.
  expect(provider.asked('id')).toBeGreaterThan(asked + 10);
});
