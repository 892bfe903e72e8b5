/** What changes under a source while validators run: an HMAC Secret, a CA bundle, a provider's keys, the operator itself. */

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type Authority, createAuthority } from '../../src/issuers/testing/certificates.ts';
import type { SourceKeys } from '../../src/policy/policy.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { messageOf } from './board.ts';
import { FETCH, type Operator, startWorld, type World } from './harness.ts';
import { binding, ENABLED, hmac, namespace, pod, secret, service, source } from './objects.ts';
import { json, type Provider, startProvider } from './provider.ts';
import { HOME } from './rights.ts';
import { failing, fetched, good, waitsFor } from './source-cases.ts';
import { type Enforced, startValidator, type Validator } from './validator.ts';

let world: World;
let operator: Operator;
let authority: Authority;
let provider: Provider;
let secure: Provider;
const validators: Validator[] = [];

beforeAll(async () => {
  authority = await createAuthority('provider');
  secure = await startProvider(await authority.issue(['127.0.0.1']));
  provider = await startProvider();
  world = await startWorld({ namespaces: [namespace('shop', ENABLED)], secretsIn: ['shop'] });
  await world.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node' } });
  await world.ready('Node', 'node');
  operator = await world.start(...FETCH);
});
afterEach(() => Promise.all(validators.splice(0).map((validator) => validator.stop())));
afterAll(async () => {
  await world?.stop();
  await Promise.all([provider?.stop(), secure?.stop()]);
});

/** Of a pod whose binding uses the source of its own name. */
async function validatorFor(name: string): Promise<Validator> {
  await world.apply(
    service(`shop/${name}`),
    binding(`shop/${name}`, { sources: [{ name }] }),
    pod(`shop/${name}`, { injected: VERSION }),
  );
  await world.ready('Pod', `shop/${name}`);
  const validator = await startValidator(world, operator, `shop/${name}`);
  validators.push(validator);
  return validator;
}

const keysOf = ({ policy }: Enforced): SourceKeys | undefined => policy.sources[0]?.keys;
const kidsOf = (enforced: Enforced): readonly (string | undefined)[] => {
  const keys = keysOf(enforced);
  return keys?.kind === 'public' ? keys.keys.map(({ kid }) => kid) : [];
};
const secretsOf = ({ secrets }: Enforced) =>
  [...secrets.values()].map((bytes) => Buffer.from(bytes).toString());
const sourceShows = (name: string, shown: Readonly<Record<string, string>>) =>
  world.board.shows('AuthenticationSource', `shop/${name}`, shown);

it('a Secret that rotates reaches the validator, and stands nowhere else', async () => {
  const [first, second] = ['1'.repeat(64), '2'.repeat(64)];
  await world.apply(secret('shop/hs', first), source('shop/hs', hmac('hs')));
  const validator = await validatorFor('hs');
  const before = await validator.until('the first secret', (now) => secretsOf(now).includes(first));
  await world.board.shows('ApiBinding', 'shop/hs', { Ready: 'True Ready', Programmed: 'True Programmed' });

  await world.apply(secret('shop/hs', second));
  const after = await validator.until('the second secret', (now) => secretsOf(now).includes(second));
  expect(secretsOf(after)).toEqual([second]);
  expect(after.policy.version).not.toBe(before.policy.version);
  await world.board.shows('ApiBinding', 'shop/hs', { Ready: 'True Ready', Programmed: 'True Programmed' });

  await world.kubectl('delete', 'secret', 'hs', '-n', 'shop');
  await validator.until('no secret', (now) => now.secrets.size === 0);
  await sourceShows('hs', waitsFor('SecretNotFound'));
  await world.board.shows('ApiBinding', 'shop/hs', { Ready: 'False SourceNotReady' });
  await world.apply(secret('shop/hs', first));
  await validator.until('the secret again', (now) => secretsOf(now).includes(first));
  await sourceShows('hs', good);
  await world.board.shows('ApiBinding', 'shop/hs', { Ready: 'True Ready' });

  const shown = JSON.stringify([
    after.policy,
    world.board.history('AuthenticationSource').values().toArray(),
  ]);
  const maps = await world.kubectl('get', 'configmaps', '-A', '-o', 'json');
  for (const text of [shown, maps, operator.process.logs]) {
    for (const value of [first, second]) {
      expect(text.includes(value) || text.includes(Buffer.from(value).toString('base64'))).toBe(false);
    }
  }
});

const bundle = (...authorities: readonly Authority[]): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'shop', name: 'ca' },
  data: { 'ca.crt': authorities.map(({ certificate }) => certificate).join('\n') },
});

it('a CA bundle that changes lets the keys be fetched', async () => {
  secure.issues('tls', 'a');
  const trust = { caBundleFrom: { configMapKeyRef: { name: 'ca', key: 'ca.crt' } } };
  const jwt = { ...fetched(secure, 'tls', trust) };
  await world.apply(source('shop/tls', jwt));
  await sourceShows('tls', waitsFor('CABundleNotFound'));
  await world.apply(bundle(await createAuthority('another')));
  expect(messageOf(await sourceShows('tls', failing('UnknownHost')))).toMatch(/certificate/i);
  const validator = await validatorFor('tls');
  await validator.until('a source without keys', (now) => keysOf(now)?.kind === 'unavailable');
  await world.apply(bundle(await createAuthority('another'), authority));
  await sourceShows('tls', good);
  await validator.until('keys', (now) => kidsOf(now).includes('a'));
});

it('keys that the provider rotates reach the validator, and are kept', async () => {
  provider.issues('id', 'a');
  await world.apply(source('shop/id', fetched(provider, 'id', { refreshInterval: '1s' })));
  const validator = await validatorFor('id');
  await validator.until('the first key', (now) => kidsOf(now).join() === 'a');
  const before = await sourceShows('id', good);
  provider.issues('id', 'a', 'b');
  await validator.until('both keys', (now) => kidsOf(now).toSorted().join() === 'a,b');
  provider.issues('id', 'b');
  await validator.until('the second key', (now) => kidsOf(now).join() === 'b');
  const after = await world.board.until('the second key in the status', () => {
    const object = world.board.now('AuthenticationSource', 'shop/id');
    const { keys } = (object?.status ?? {}) as { readonly keys?: readonly JsonObject[] };
    return keys?.length === 1 && keys[0]?.kid === 'b' ? object : undefined;
  });
  const times = [before, after].map(({ status }) => (status as { keysChangedTime: string }).keysChangedTime);
  expect(Date.parse(times[1] ?? '')).toBeGreaterThan(Date.parse(times[0] ?? ''));
  await world.board.shows('ApiBinding', 'shop/id', { Ready: 'True Ready', Programmed: 'True Programmed' });
});

it('an operator that starts while the provider is down has the keys that were kept', async () => {
  const { metadata } = await sourceShows('id', good);
  const kept = await world.kubectl(
    'get',
    'configmap',
    `portcullis-keys-${metadata.uid}`,
    '-n',
    HOME,
    '-o',
    'yaml',
  );
  expect(kept).toContain('"kid":"b"');
  await operator.stop();
  provider.answers('id', json({}, 500));
  operator = await world.start(...FETCH);
  const validator = await validatorFor('id');
  await validator.until('the key', (now) => kidsOf(now).join() === 'b');
  await sourceShows('id', { ...good, KeysAvailable: 'True RemoteHostRespondedWithError' });
  await world.board.shows('ApiBinding', 'shop/id', { Ready: 'True Ready' });

  await world.kubectl('delete', 'authsource', 'id', '-n', 'shop');
  const name = `configmap/portcullis-keys-${metadata.uid}`;
  await world.kubectl('wait', '--for=delete', name, '-n', HOME, '--timeout=30s');
});
