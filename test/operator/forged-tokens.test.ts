/** Strangers with forged tokens at the policy server: the API server is not asked about one, and validators go on. */

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VERSION } from '../../src/telemetry/version.ts';
import { type Operator, startWorld, type World } from './harness.ts';
import { binding, ENABLED, hmac, namespace, pod, secret, service, source } from './objects.ts';
import { floodPolicy } from './strangers.ts';
import { authorityOf, startValidator, tokenOf, type Validator } from './validator.ts';

const POD = 'shop/orders-1';
const CONNECTIONS = 300;

let world: World;
let operator: Operator;
let validator: Validator;

beforeAll(async () => {
  world = await startWorld({ namespaces: [namespace('shop', ENABLED)], secretsIn: ['shop'] });
  await world.apply(
    secret('shop/hs', 'x'.repeat(64)),
    source('shop/hs', hmac('hs')),
    service('shop/orders'),
    binding('shop/orders', { sources: [{ name: 'hs' }] }),
    pod(POD, { app: 'orders', injected: VERSION }),
  );
  operator = await world.start();
  validator = await startValidator(world, operator, POD);
  await validator.until('its source', ({ policy }) => policy.sources.length === 1);
});
afterAll(async () => {
  await validator?.stop();
  await world?.stop();
});

const REVIEWS = /^apiserver_request_total\{.*resource="tokenreviews".*\} (\d+)$/gm;

/** TokenReviews that the API server was asked for so far. */
async function reviews(): Promise<number> {
  const metrics = await world.kubectl('get', '--raw', '/metrics');
  return [...metrics.matchAll(REVIEWS)].reduce((sum, [, count]) => sum + Number(count), 0);
}

it('300 connections of forged tokens cause no review, and a change reaches the validator', async () => {
  const [head = '', claims = '', signature = ''] = (await tokenOf(world, POD)).split('.');
  // A good token of the very pod, but for its signature; the head names the API server's key.
  const forged = (i: number): string => {
    const bytes = Buffer.from(signature, 'base64url');
    bytes.writeUInt32LE(i + 1, 8);
    return `${head}.${claims}.${bytes.toString('base64url')}`;
  };
  const unknownKey = `${Buffer.from('{"alg":"RS256","kid":"x"}').toString('base64url')}.${claims}.${signature}`;
  const tokens = (i: number): string =>
    [
      forged(i),
      forged(i + CONNECTIONS),
      unknownKey,
      randomBytes(60).toString('base64url'),
      'a'.repeat(17_000),
    ][i % 5] ?? '';
  const before = await reviews();
  const flood = floodPolicy({
    port: operator.policy,
    authority: await authorityOf(world),
    connections: CONNECTIONS,
    token: tokens,
  });
  await flood.answered(CONNECTIONS / 2);
  for (const realm of ['one', 'two', 'three']) {
    await world.apply(binding('shop/orders', { sources: [{ name: 'hs' }], realm }));
    await validator.until(realm, ({ policy }) => JSON.stringify(policy).includes(`"realm":"${realm}"`));
  }
  await flood.stop();
  expect(flood.statuses()).toEqual(new Set([401, 431]));
  expect(await reviews()).toBe(before);
});
