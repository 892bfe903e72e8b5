import { describe, expect, it } from 'vitest';
import { fetched, source } from '../cluster/testing/objects.ts';
import { type IssuerState, NO_KEYS } from '../issuers/issuer.ts';
import { createPolicies, type PlanningChange } from '../planning/policies.ts';
import type { SourceFacts } from './source-status.ts';
import { shownSource } from './testing/status.ts';

const key = (kid: string, more = {}) => ({ kty: 'EC' as const, crv: 'P-256', kid, alg: 'ES256', ...more });
const KEYS = [key('b'), key('a')];
const DAY = 86_400;
const FRESH: IssuerState = {
  keys: KEYS,
  jwksURI: 'https://id.example/keys',
  checkedAt: 1000,
  changedAt: 500,
  error: undefined,
};
const FAILED = { code: 'REQUEST_TIMEOUT', message: 'GET https://id.example/ took longer than 5s' } as const;

function facts(
  issuer: IssuerState | undefined,
  overrides: Partial<SourceFacts> = {},
  ...changes: readonly PlanningChange[]
): SourceFacts {
  const policies = createPolicies({ allowInsecureHttp: false });
  policies.apply(changes.length > 0 ? changes : [source('shop/okta')]);
  if (issuer?.keys !== undefined) {
    policies.apply([fetched('shop/okta', issuer.keys)]);
  }
  const outcome = policies.source('shop/okta');
  if (outcome === undefined) throw new Error('no source');
  return {
    id: 'shop/okta',
    generation: 2,
    outcome,
    issuer,
    users: [],
    before: undefined,
    now: 1060,
    ...overrides,
  };
}

describe('a source is not ready', () => {
  const hmac = { keys: { hmac: [{ secretKeyRef: { name: 's', key: 'k' } }] } };

  it('before its keys are there', () => {
    expect(shownSource(facts(undefined)).conditions).toEqual({
      Ready: 'Unknown Pending',
      Accepted: 'True Accepted',
      KeysAvailable: 'Unknown Pending',
    });
  });

  it('while they cannot be fetched', () => {
    const { conditions, status } = shownSource(facts({ ...NO_KEYS, error: FAILED }));
    expect([conditions.Ready, conditions.KeysAvailable]).toEqual([
      'False RequestTimeout',
      'False RequestTimeout',
    ]);
    expect(status.issuerError).toEqual(FAILED);
  });

  it.each([
    [undefined, 'False KeysStale'],
    [FAILED, 'False RequestTimeout'],
  ])('when they are older than maxStale, after %j', (error, expected) => {
    const stale = facts({ ...FRESH, error }, { now: 1000 + DAY });
    expect(shownSource(stale).conditions.Ready).toBe(expected);
    expect(shownSource({ ...stale, now: 999 + DAY }).conditions.Ready).toBe('True Ready');
  });

  it('while its Secret is missing, which may come yet', () => {
    const { conditions, messages } = shownSource(facts(undefined, {}, source('shop/okta', hmac)));
    expect(conditions).toEqual({
      Ready: 'False SecretNotFound',
      Accepted: 'False SecretNotFound',
      KeysAvailable: 'False NotAccepted',
    });
    expect(messages.Ready).toContain('there is no Secret shop/s; create it');
  });

  it('when it breaks the schema, and then it is stalled', () => {
    const broken = source('shop/okta', {}, { extra: true });
    const { conditions, messages } = shownSource(facts(undefined, {}, broken));
    expect(conditions).toMatchObject({ Ready: 'False Invalid', Stalled: 'True Refused' });
    expect(messages.Ready).toMatch(/^AuthenticationSource shop\/okta: spec\.extra: .+; .+[^)]\.$/);
  });
});

describe('a source is ready', () => {
  it('with its keys, in one order', () => {
    const { conditions, status } = shownSource(facts(FRESH));
    expect(conditions).toEqual({
      Ready: 'True Ready',
      Accepted: 'True Accepted',
      KeysAvailable: 'True KeysAvailable',
    });
    expect(status).toMatchObject({
      observedGeneration: 2,
      jwksURI: 'https://id.example/keys',
      keyCount: 2,
      keys: [
        { kid: 'a', type: 'EC', algorithm: 'ES256' },
        { kid: 'b', type: 'EC', algorithm: 'ES256' },
      ],
      keysChangedTime: '1970-01-01T00:08:20Z',
      effective: { issuer: 'https://shop.okta.example', clockSkew: '30s' },
    });
    expect(status).not.toHaveProperty('issuerError');
    const { status: other } = shownSource(facts({ ...FRESH, keys: KEYS.toReversed() }));
    expect(other).toEqual(status);
  });

  it('as long as keys of an earlier fetch serve, and says until when', () => {
    const failing = facts({ ...FRESH, error: FAILED });
    const { conditions, messages, status } = shownSource(failing);
    expect([conditions.Ready, conditions.KeysAvailable]).toEqual(['True Ready', 'True RequestTimeout']);
    expect(messages.KeysAvailable).toBe(
      `2 keys of AuthenticationSource shop/okta serve until 1970-01-02T00:16:40Z; the last fetch failed: ${FAILED.message}.`,
    );
    expect(shownSource({ ...failing, before: status, now: 5000 }).status).toEqual(status);
    const [first] = KEYS;
    const one = shownSource(facts({ ...FRESH, error: FAILED, keys: first === undefined ? [] : [first] }));
    expect(one.messages.KeysAvailable).toMatch(/^1 key of AuthenticationSource shop\/okta serves until /);
  });

  it('and stays as it is while nothing but the time of the last fetch moves', () => {
    const { status } = shownSource(facts(FRESH));
    const later = facts({ ...FRESH, checkedAt: 4000 }, { before: status, now: 4000 });
    expect(shownSource(later).status).toEqual(status);
  });
});

describe('what is shown is bounded', () => {
  it('to 32 keys and 64 bindings, and counts all', () => {
    const keys = Array.from({ length: 40 }, (_, i) => key(`k${i}`));
    const users = Array.from({ length: 70 }, (_, i) => `shop/b${i}`);
    const { status } = shownSource(facts({ ...FRESH, keys }, { users }));
    expect([status.keys?.length, status.keyCount]).toEqual([32, 40]);
    expect([status.bindings?.length, status.bindingCount]).toEqual([64, 70]);
    expect(status.bindings?.[0]).toEqual({ namespace: 'shop', name: 'b0' });
    const reversed = facts({ ...FRESH, keys: keys.toReversed() }, { users: users.toReversed() });
    expect(shownSource(reversed).status).toEqual(status);
  });

  it('to kids that the schema takes', () => {
    const long = [key('k'.repeat(5000), { alg: 'a'.repeat(99) })];
    expect(shownSource(facts({ ...FRESH, keys: long })).status.keys?.[0]?.kid).toHaveLength(1024);
  });
});

describe('keys that are not fetched', () => {
  const inline = (kid: string) =>
    source('shop/okta', {
      keys: {
        jwks: {
          keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', kid }],
        },
      },
    });

  it('changed when they were first shown', () => {
    const first = shownSource(facts(undefined, { now: 100 }, inline('a'))).status;
    const same = shownSource(facts(undefined, { now: 200, before: first }, inline('a'))).status;
    const other = shownSource(facts(undefined, { now: 300, before: same }, inline('b'))).status;
    expect([first, same, other].map(({ keysChangedTime }) => keysChangedTime?.slice(-6))).toEqual([
      '01:40Z',
      '01:40Z',
      '05:00Z',
    ]);
  });
});

describe('keys that are left out of the set', () => {
  const keys = Array.from({ length: 8 }, (_, index) => ({ index, problem: 'is private' }));
  const some = { count: 1, keys: [{ index: 2, kid: 'x', problem: 'is private: publish others' }] };

  it('are named, and counted', () => {
    const { status, messages } = shownSource(facts({ ...FRESH, leftOut: some }));
    expect(status).toMatchObject({
      keyCount: 2,
      keysLeftOut: [{ index: 2, kid: 'x', problem: 'is private: publish others' }],
      keysLeftOutCount: 1,
    });
    expect(messages.KeysAvailable).toBe(
      'AuthenticationSource shop/okta has 2 keys; 1 key of its set is left out: keys[2] (kid "x") is private: publish others.',
    );
    const { status: many } = shownSource(facts({ ...FRESH, leftOut: { count: 70, keys } }));
    expect([many.keysLeftOut?.length, many.keysLeftOutCount]).toEqual([8, 70]);
  });

  it('are not spoken of where there are none, or no set is read', () => {
    expect(shownSource(facts(FRESH)).status).not.toHaveProperty('keysLeftOut');
    const own = source('shop/okta', { keys: { jwks: { keys: [] } } });
    expect(shownSource(facts({ ...FRESH, leftOut: some }, {}, own)).status).not.toHaveProperty('keysLeftOut');
  });
});
