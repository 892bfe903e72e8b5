// Keycloak away and back again, under a validator that runs and under one that starts meanwhile.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { binding, source, yaml } from '../support/manifests.ts';
import { freePorts } from '../support/server.ts';
import { reasonOf, startValidator, type Validator } from '../support/validator.ts';
import { type Keycloak, startKeycloak } from './harness.ts';
import type { Realm } from './realm.ts';

const ann = { user: 'ann', password: 'correct horse' };
const WAIT = { timeout: 60_000, interval: 100 };
const FLAGS = ['--allow-insecure-http', '--fetch-deny-cidrs', '169.254.0.0/16'];

let keycloak: Keycloak;
let realm: Realm;
let port: number;
let manifests: string;
const validators: Validator[] = [];

beforeAll(async () => {
  [port = 0] = await freePorts(1);
  await bringUp();
  manifests = yaml([
    source('keycloak', {
      preset: 'Keycloak',
      issuer: realm.issuer,
      fetch: { refreshInterval: '500ms', retryInterval: '200ms', unknownKeyCooldown: '200ms' },
    }),
    binding('shop', {
      sources: [{ name: 'keycloak' }],
      rules: [
        { match: { paths: [{ type: 'Exact', value: '/healthz' }] }, authentication: 'None' },
        { match: { paths: [{ type: 'PathPrefix', value: '/maybe' }] }, authentication: 'Optional' },
        { authentication: 'Required' },
      ],
    }),
  ]);
});

afterAll(async () => {
  for (const validator of validators) await validator.stop();
  await keycloak?.stop();
});

/** Its database is in memory: what comes back is the same realm with other keys. */
async function bringUp(): Promise<void> {
  keycloak = await startKeycloak(port);
  realm = await keycloak.createRealm('shop');
  await realm.createClient('web');
  await realm.createUser(ann);
}

async function start(): Promise<Validator> {
  const validator = await startValidator({ manifests, flags: FLAGS });
  validators.push(validator);
  return validator;
}

async function verdict(validator: Validator, token?: string, target = '/'): Promise<string> {
  const authorization = token === undefined ? [] : [['authorization', `Bearer ${token}`] as const];
  const answer = await validator.ask({ target, headers: [['host', 'shop.example'], ...authorization] });
  return `${answer.status} ${reasonOf(answer)}`;
}

const failures = (validator: Validator): Promise<number> =>
  validator.metric('portcullis_key_fetches_total{source="shop/keycloak",result="UNKNOWN_HOST"}');

const ready = async ({ admin }: Validator): Promise<number> =>
  (await fetch(`http://127.0.0.1:${admin}/readyz`)).status;

it('keys that are known go on serving, and whoever starts without them waits for them in the open', async () => {
  const before = await start();
  const cached = await realm.token('web', ann);
  const unseen = await realm.token('web', ann);
  await expect.poll(() => verdict(before, cached), WAIT).toMatch(/^200 /);

  await keycloak.stop();
  const known = await failures(before);
  await expect.poll(() => failures(before), WAIT).toBeGreaterThan(known + 2);
  expect(await verdict(before, cached)).toMatch(/^200 /);
  expect(await verdict(before, unseen)).toMatch(/^200 /);
  expect(await verdict(before)).toBe('401 token_missing');

  const after = await start();
  expect(await ready(after)).toBe(200);
  expect(await verdict(after, undefined, '/healthz')).toMatch(/^200 /);
  expect(await verdict(after, undefined, '/maybe')).toMatch(/^200 /);
  expect(await verdict(after, cached, '/healthz')).toMatch(/^200 /);
  expect(await verdict(after, cached, '/maybe')).toBe('503 keys_unavailable');
  expect(await verdict(after, cached)).toBe('503 keys_unavailable');
  expect(await verdict(after)).toBe('401 token_missing');
  // What is answered and what is logged come by different ways.
  const logged = (validator: Validator) => expect.poll(() => validator.server.logs, WAIT);
  await logged(after).toContain('the keys of shop/keycloak cannot be fetched');
  expect(after.server.logs).not.toContain(cached);

  await bringUp();
  const fresh = await realm.token('web', ann);
  for (const validator of [before, after]) {
    await expect.poll(() => verdict(validator, fresh), WAIT).toMatch(/^200 /);
    // The keys went with the database, and the tokens that they signed with them.
    await expect.poll(() => verdict(validator, cached), WAIT).toBe('401 key_unknown');
    await logged(validator).toContain('the keys of shop/keycloak can be fetched again');
  }
}, 300_000);
