import { describe, expect, it } from 'vitest';
import { publicJwk } from '../../../test/support/tokens.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { IssuerState } from '../../issuers/issuer.ts';
import { testPlan } from '../../issuers/testing/plan.ts';
import type { PublicJwk } from '../../policy/policy.ts';
import { isFor, readKeys, writeKeys } from './stored.ts';

const PLAN = testPlan({ uid: 'u', location: { kind: 'jwks', url: 'https://login.example/keys' } });
const STATE: IssuerState = {
  keys: [publicJwk('ES256', 'a'), { ...publicJwk('RS256', 'b'), key_ops: ['verify'] }],
  jwksURI: 'https://login.example/keys',
  checkedAt: 1000,
  changedAt: 900,
  error: { code: 'UNKNOWN_HOST', message: 'away' },
};

/** What stands in the ConfigMap, changed. */
const written = (changes: Readonly<Record<string, JsonValue | undefined>> = {}): JsonObject => {
  const data = writeKeys(PLAN, STATE);
  const content = JSON.parse(String(data?.['keys.json'])) as JsonObject;
  return { 'keys.json': JSON.stringify({ ...content, ...changes }) };
};

describe('kept keys', () => {
  it('are read as they were written, without what was wrong at that time', () => {
    expect(readKeys('u', written())).toEqual({
      uid: 'u',
      location: PLAN.location,
      state: { ...STATE, error: undefined },
    });
  });

  it('are those of one place alone', () => {
    const kept = readKeys('u', written());
    if (kept === undefined) throw new Error('nothing was kept');
    expect(isFor(kept, PLAN)).toBe(true);
    expect(isFor(kept, { ...PLAN, location: { kind: 'jwks', url: 'https://other.example/keys' } })).toBe(
      false,
    );
    const discovered = {
      kind: 'discovery',
      issuer: 'https://login.example',
      url: undefined,
      tenants: [],
    } as const;
    expect(isFor(kept, { ...PLAN, location: discovered })).toBe(false);
  });

  it('are found again of a place with a member that JSON does not have', () => {
    const location = {
      kind: 'discovery',
      issuer: 'https://login.example',
      url: undefined,
      tenants: [],
    } as const;
    const plan = { ...PLAN, location };
    const kept = readKeys('u', writeKeys(plan, STATE));
    expect(kept && isFor(kept, plan)).toBe(true);
  });

  it('hold nothing that is not public', () => {
    const secret = { ...publicJwk('ES256', 'a'), d: 'private', k: 'shared', p: 'prime' } as PublicJwk;
    const data = JSON.stringify(writeKeys(PLAN, { ...STATE, keys: [secret] }));
    expect(data).toContain('kid');
    expect(data).not.toMatch(/private|shared|prime/);
  });

  it.each([
    ['before the first good fetch', { ...STATE, keys: undefined, checkedAt: undefined }],
    ['without a time', { ...STATE, checkedAt: undefined }],
  ])('are none %s', (_, state) => {
    expect(writeKeys(PLAN, state)).toBeUndefined();
  });
});

describe('of what others have written, or is broken, nothing is read', () => {
  const [first = {}] = STATE.keys ?? [];
  it.each<[string, JsonValue | undefined]>([
    ['no data', undefined],
    ['no object', 'text'],
    ['another member', { other: '{}' }],
    ['no text', { 'keys.json': 7 }],
    ['no JSON', { 'keys.json': '{' }],
    ['a list', { 'keys.json': '[]' }],
    ['no place', written({ location: undefined })],
    ['no time', written({ checkedAt: undefined })],
    ['a time that is none', written({ checkedAt: -1 })],
    ['a time as text', written({ checkedAt: '1000' })],
    ['no keys', written({ keys: undefined })],
    ['an empty set', written({ keys: [] })],
    ['a shared secret', written({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] })],
    ['a private key', written({ keys: [{ ...(first as JsonObject), d: 'x' }] })],
    ['a member of another type', written({ keys: [{ ...(first as JsonObject), kid: 7 }] })],
    ['operations that are none', written({ keys: [{ ...(first as JsonObject), key_ops: [7] }] })],
    ['one good key beside a bad one', written({ keys: [first as JsonObject, 'bad'] })],
  ])('%s', (_, data) => {
    expect(readKeys('u', data)).toBeUndefined();
  });

  it('but a time of change, and where they came from, may be missing', () => {
    const kept = readKeys('u', written({ changedAt: 'x', jwksURI: 7 }));
    expect(kept?.state).toMatchObject({ checkedAt: 1000, changedAt: undefined, jwksURI: undefined });
  });
});
