/** Every condition and reason of an AuthenticationSource, as the operator shows them on a real API server. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { createAuthority } from '../../src/issuers/testing/certificates.ts';
import { SOURCE_CONDITIONS } from '../../src/status/reasons.ts';
import { conditionsOf, messageOf } from './board.ts';
import { FETCH, type Operator, startWorld, type World } from './harness.ts';
import { expectSteadyTimes, kstatus, reasonsOf } from './judging.ts';
import { ENABLED, hmac, inlineKeys, namespace, secret, source } from './objects.ts';
import { hang, json, type Provider, startProvider } from './provider.ts';
import { failing, fetched, good, refusedFor, SOURCE_CASES, waitsFor } from './source-cases.ts';

let world: World;
let provider: Provider;
let secure: Provider;
let operator: Operator;

beforeAll(async () => {
  const authority = await createAuthority('provider');
  secure = await startProvider(await authority.issue(['127.0.0.1']));
  secure.issues('secure', 'a');
  provider = await startProvider();
  provider.issues('good', 'a', 'b');
  provider.answers('hangs', hang);
  provider.answers('empty', (request, response) => {
    const issuer = `${provider.origin}/empty`;
    json(request.url?.endsWith('/keys') ? { keys: [] } : { issuer, jwks_uri: `${issuer}/keys` })(
      request,
      response,
    );
  });
  provider.answers('html', (_, response) => void response.end('<html>'));
  provider.answers('broken', json({ error: 'down' }, 500));
  provider.issues('fading', 'a');
  provider.issues('flaky', 'a');
  world = await startWorld({
    namespaces: [namespace('shop', ENABLED), namespace('locked', ENABLED)],
    secretsIn: ['shop'],
    // As a CRD of another version might have it: what it would refuse reaches the operator.
    crd: (text) => text.replace("self.allowedNamespaces.from == 'Same'", 'true'),
  });
});
afterAll(async () => {
  await world?.stop();
  await Promise.all([provider?.stop(), secure?.stop()]);
});

it('before the operator runs, a source waits', async () => {
  await world.apply(source('shop/good', fetched(provider, 'good')));
  expect(await world.columns('authsource', '-A')).toEqual([
    'NAMESPACE NAME READY REASON ISSUER KEYS BINDINGS AGE',
    `shop good Unknown Pending ${provider.origin}/good`,
  ]);
  await world.kubectl('wait', '--for=condition=Ready=Unknown', 'authsource/good', '-n', 'shop');
  operator = await world.start(...FETCH);
  await world.kubectl('wait', '--for=condition=Ready', 'authsource/good', '-n', 'shop', '--timeout=30s');
  expect(await world.columns('authsource', '-A')).toEqual([
    'NAMESPACE NAME READY REASON ISSUER KEYS BINDINGS AGE',
    `shop good True Ready ${provider.origin}/good 2 0`,
  ]);
});

describe('a source', () => {
  it.concurrent.each(SOURCE_CASES)('%s', async (name, jwt, shown, says) => {
    await world.apply(source(`shop/${name}`, jwt({ provider, secure })));
    const object = await world.board.shows('AuthenticationSource', `shop/${name}`, shown);
    const message = messageOf(object);
    expect(message).toMatch(says);
    expect(message).toMatch(
      /^AuthenticationSource shop\/[a-z-]+ |^AuthenticationSource shop\/[a-z-]+: |^The keys of /,
    );
    expect(message).toMatch(/[.?]$/);
    expect(kstatus(object)).toBe(
      shown.Ready === 'True Ready' ? 'Current' : shown.Stalled ? 'Failed' : 'InProgress',
    );
    const { issuerError } = object.status as { readonly issuerError?: { readonly code: string } };
    const isFailure = shown.Accepted === 'True Accepted' && shown.Ready?.startsWith('False') === true;
    expect(issuerError !== undefined).toBe(isFailure);
    const columns = await world.columns('authsource', name, '-n', 'shop', '--no-headers');
    expect(columns[0]).toContain(`${name} ${shown.Ready} `);
  });

  it('whose Secret may not be read says which Role is missing', async () => {
    await world.apply(source('locked/hmac', hmac('there')), secret('locked/there', 'x'.repeat(64)));
    const object = await world.board.shows(
      'AuthenticationSource',
      'locked/hmac',
      waitsFor('SecretNotPermitted'),
    );
    expect(messageOf(object)).toMatch(/locked.*Role|Role.*locked/);
  });

  it('that only a CRD of another version lets in is Invalid', async () => {
    await world.apply(
      secret('shop/shared', 'x'.repeat(64)),
      source('shop/invalid', hmac('shared'), { allowedNamespaces: { from: 'All' } }),
    );
    const object = await world.board.shows('AuthenticationSource', 'shop/invalid', refusedFor('Invalid'));
    expect(messageOf(object)).toContain('spec.allowedNamespaces');
  });

  it('keeps the keys of an earlier fetch, and shows why the last one failed', async () => {
    await world.apply(source('shop/flaky', fetched(provider, 'flaky', { refreshInterval: '1s' })));
    await world.board.shows('AuthenticationSource', 'shop/flaky', good);
    provider.answers('flaky', json('its secrets', 503));
    const object = await world.board.shows('AuthenticationSource', 'shop/flaky', {
      ...good,
      KeysAvailable: 'True RemoteHostRespondedWithError',
    });
    expect(messageOf(object, 'KeysAvailable')).toMatch(/1 key of .* serves until .*; the last fetch failed/);
    expect(object.status).toMatchObject({
      keyCount: 1,
      issuerError: { code: 'REMOTE_HOST_RESPONDED_WITH_ERROR' },
    });
    expect(JSON.stringify(object.status)).not.toContain('its secrets');
    provider.issues('flaky', 'a');
    const again = await world.board.shows('AuthenticationSource', 'shop/flaky', good);
    expect(again.status).not.toHaveProperty('issuerError');
  });

  it('whose keys are too old is not ready', async () => {
    const plan = fetched(provider, 'fading', { maxStale: '4s', timeout: '10m' });
    await world.apply(source('shop/fading', plan));
    await world.board.shows('AuthenticationSource', 'shop/fading', good);
    provider.answers('fading', hang);
    const object = await world.board.shows('AuthenticationSource', 'shop/fading', failing('KeysStale'));
    expect(messageOf(object)).toContain('maxStale (4s)');
  });
});

describe('the status', () => {
  it('tells what the source comes to', async () => {
    const { status } = await world.board.shows('AuthenticationSource', 'shop/good', good);
    expect(status).toMatchObject({
      observedGeneration: 1,
      jwksURI: `${provider.origin}/good/keys`,
      keyCount: 2,
      keys: [
        { kid: 'a', type: 'EC' },
        { kid: 'b', type: 'EC' },
      ],
      keysChangedTime: expect.stringMatching(/^\d{4}-.*Z$/),
      bindings: [],
      bindingCount: 0,
      effective: { issuer: `${provider.origin}/good`, clockSkew: '30s', mapping: { user: ['sub'] } },
    });
  });

  it('is of the last generation, and its times move with its flips alone', async () => {
    const id = 'shop/changing';
    await world.apply(source(id));
    const [first] = conditionsOf(await world.board.shows('AuthenticationSource', id, good));
    await world.apply(source(id, { audiences: ['other'] }));
    const second = await world.board.until('generation 2', () => {
      const object = world.board.now('AuthenticationSource', id);
      const status = object?.status as { readonly observedGeneration?: number } | undefined;
      return object !== undefined && status?.observedGeneration === 2 ? object : undefined;
    });
    const [same] = conditionsOf(second);
    expect(same).toEqual({ ...first, observedGeneration: 2 });
    await world.apply(source(id, { keys: { hmac: [{ secretKeyRef: { name: 'late', key: 'k' } }] } }));
    await world.board.shows('AuthenticationSource', id, waitsFor('SecretNotFound'));
    await world.apply(source(id, { keys: inlineKeys('c') }));
    await world.board.shows('AuthenticationSource', id, good);
    // Each change once: what is well again is told, too.
    const told = ['Normal Ready x2', 'Warning SecretNotFound'];
    await world.board.until('events', () =>
      world.board.events(id).join() === told.join() ? true : undefined,
    );
  });

  it('is never written by anybody else into spec', async () => {
    const object = world.board.now('AuthenticationSource', 'shop/good');
    const managers = (object?.metadata.managedFields ?? []) as readonly JsonObject[];
    const ours = managers.filter(({ manager }) => manager === 'portcullis');
    expect(ours.map(({ operation, subresource }) => `${operation} ${subresource}`)).toEqual(['Apply status']);
  });
});

it('every reason was reached', () => {
  expectSteadyTimes(world.board.history('AuthenticationSource'));
  // What many large objects come to is reached in passed-over.test.ts.
  expect([...reasonsOf(SOURCE_CONDITIONS).difference(world.board.seen('AuthenticationSource'))]).toEqual([
    'Accepted False NotChecked',
  ]);
});

it('nothing unexpected happened', () => {
  const lines = operator.lines().filter(({ level }) => Number(level) >= 50);
  expect(lines).toEqual([]);
});
