import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestOf } from '../../test/apiserver/cases.ts';
import { COMPLETE_SOURCE, SMALLEST_SOURCE } from '../../test/apiserver/contract-examples.ts';
import { isJsonObject, type JsonObject } from '../base/json.ts';
import { type EffectiveJwt, effectiveDocument, effectiveJwt } from './effective.ts';
import { PRESETS, type Preset } from './presets.ts';
import { authenticationSource } from './typed.ts';

function effective(jwt: JsonObject): EffectiveJwt {
  const typed = authenticationSource(manifestOf('AuthenticationSource', { jwt }), undefined);
  if (typed.kind === 'refused') throw new Error(typed.findings.map(({ message }) => message).join());
  if (typed.object.spec.jwt === undefined) throw new Error('no jwt');
  return effectiveJwt(typed.object.spec.jwt);
}

const ISSUER = 'https://id.example.com';

describe('without preset', () => {
  it('every field is there', () => {
    expect(effective({ issuer: ISSUER })).toEqual({
      preset: undefined,
      issuer: ISSUER,
      acceptedIssuers: [],
      tenants: [],
      keys: { kind: 'discovery', url: undefined },
      fetch: {
        refreshInterval: 600,
        retryInterval: 10,
        timeout: 5,
        maxStale: 86_400,
        unknownKeyCooldown: 30,
        caBundleFrom: undefined,
      },
      algorithms: [],
      audiences: [],
      clientIDs: [],
      tokenTypes: [],
      clockSkew: 30,
      expiration: 'Required',
      maxTokenAge: undefined,
      requiredClaims: [],
      expressions: [],
      roles: [],
      mapping: {
        user: ['sub'],
        name: ['preferred_username', 'sub'],
        roles: ['groups'],
        rolesSeparator: '',
        scopes: ['scope', 'scp'],
        client: ['azp', 'client_id', 'cid', 'appid'],
      },
    });
  });

  it('what is written counts', () => {
    const jwt = {
      fetch: { timeout: '500ms', caBundleFrom: { secretKeyRef: { name: 'ca', key: 'ca.crt' } } },
      maxTokenAge: '1h30m',
      clockSkew: '0s',
      expiration: 'Optional',
      requiredClaims: [{ claim: 'sid' }],
      expressions: [{ expression: 'true' }],
      mapping: { rolesSeparator: ',' },
    };
    expect(effective({ issuer: ISSUER, ...jwt })).toMatchObject({
      fetch: {
        timeout: 0.5,
        refreshInterval: 600,
        caBundleFrom: { kind: 'Secret', ref: { name: 'ca', key: 'ca.crt' } },
      },
      maxTokenAge: 5400,
      clockSkew: 0,
      expiration: 'Optional',
      requiredClaims: [{ claim: 'sid', values: [] }],
      expressions: [{ expression: 'true', message: 'an expression is not true' }],
      mapping: { rolesSeparator: ',', roles: ['groups'] },
    });
  });
});

describe('presets', () => {
  const OTHERWISE = effective({ issuer: ISSUER });

  const CHANGES: Readonly<Record<Preset, object>> = {
    Okta: { mapping: { user: ['uid', 'sub'] } },
    Cognito: {
      requiredClaims: [{ claim: 'token_use', values: ['access'] }],
      mapping: { roles: ['cognito:groups'], name: ['username', 'cognito:username'] },
    },
    Google: {
      acceptedIssuers: ['https://accounts.google.com', 'accounts.google.com'],
      mapping: { name: ['email'] },
    },
    EntraID: {
      mapping: {
        user: ['oid', 'sub'],
        roles: ['roles', 'groups'],
        name: ['preferred_username', 'upn', 'unique_name'],
      },
    },
    Auth0: { mapping: { roles: ['permissions'] } },
    Keycloak: {
      requiredClaims: [{ claim: 'typ', values: ['Bearer'] }],
      mapping: { roles: ['realm_access.roles'] },
    },
    SPIFFE: { mapping: { name: ['sub'], roles: [], scopes: [], client: [] } },
  };

  it.each(PRESETS)('%s changes these defaults and no other', (preset) => {
    const { mapping = {}, ...others }: { readonly mapping?: object } = CHANGES[preset];
    expect(effective({ preset, issuer: ISSUER, audiences: ['a'] })).toEqual({
      ...OTHERWISE,
      preset,
      audiences: ['a'],
      ...others,
      mapping: { ...OTHERWISE.mapping, ...mapping },
    });
  });

  it('[] is none, whatever the preset says', () => {
    const none = { acceptedIssuers: [], requiredClaims: [], mapping: { user: [], name: [], roles: [] } };
    for (const preset of PRESETS) {
      expect(effective({ preset, issuer: ISSUER, audiences: ['a'], ...none })).toMatchObject(none);
    }
  });

  it('Google without issuer still checks iss: both forms are its default', () => {
    const jwks = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'a' }] };
    const { issuer, acceptedIssuers } = effective({ preset: 'Google', audiences: ['a'], keys: { jwks } });
    expect([issuer, ...acceptedIssuers]).toEqual([
      undefined,
      'https://accounts.google.com',
      'accounts.google.com',
    ]);
  });
});

describe('keys', () => {
  const SECRET = { secretKeyRef: { name: 's', key: 'k' } };

  it.each<[JsonObject, EffectiveJwt['keys']]>([
    [{}, { kind: 'discovery', url: undefined }],
    [{ discoveryURL: 'https://a/d' }, { kind: 'discovery', url: 'https://a/d' }],
    [{ jwksURI: 'https://a/k' }, { kind: 'jwksURI', url: 'https://a/k' }],
    [{ jwks: { keys: [{ kty: 'RSA' }] } }, { kind: 'jwks', keys: [{ kty: 'RSA' }] }],
    [
      { publicKeys: [{ kid: 'a', pem: '-----BEGIN CERTIFICATE-----' }] },
      { kind: 'publicKeys', keys: [{ kid: 'a', pem: '-----BEGIN CERTIFICATE-----' }] },
    ],
    [{ hmac: [SECRET] }, { kind: 'hmac', keys: [{ kid: undefined, ...SECRET, encoding: 'Base64URL' }] }],
    [
      { hmac: [{ kid: 'a', ...SECRET, encoding: 'Hex' }] },
      { kind: 'hmac', keys: [{ kid: 'a', ...SECRET, encoding: 'Hex' }] },
    ],
  ])('%j', (keys, expected) => {
    expect(effective({ issuer: ISSUER, keys }).keys).toEqual(expected);
  });
});

describe('tenants', () => {
  const issuer = 'https://login.microsoftonline.com/{tenantid}/v2.0';
  const GUID = '9188040D-6C67-4C5B-B112-36A304B66DAD';

  it('are compared in lower case, or are any', () => {
    expect(effective({ issuer, tenants: [GUID], audiences: ['a'] }).tenants).toEqual([GUID.toLowerCase()]);
    expect(effective({ issuer, tenants: ['*'], audiences: ['a'] }).tenants).toBe('*');
  });
});

describe('effectiveDocument', () => {
  it.each([
    ['the smallest source', SMALLEST_SOURCE],
    ['a complete source', COMPLETE_SOURCE],
  ])('says of %s what a spec would, and means the same', (_, { jwt }) => {
    const outcome = effective(isJsonObject(jwt) ? jwt : {});
    expect(effective(effectiveDocument(outcome))).toEqual(outcome);
  });

  it('keeps the shape of every kind of keys', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<JsonObject>(
          {},
          { jwksURI: 'https://a/k' },
          { discoveryURL: 'https://a/d' },
          { jwks: { keys: [{ kty: 'RSA', n: 'x' }] } },
          { hmac: [{ secretKeyRef: { name: 's', key: 'k' }, encoding: 'Text' }] },
          { publicKeys: [{ pem: '-----BEGIN PUBLIC KEY-----' }] },
        ),
        fc.constantFrom(...PRESETS),
        fc.stringMatching(/^[1-9][0-9]{0,4}(h|m|s|ms)$/),
        (keys, preset, maxTokenAge) => {
          const outcome = effective({ issuer: ISSUER, audiences: ['a'], keys, preset, maxTokenAge });
          expect(effective(effectiveDocument(outcome))).toEqual(outcome);
        },
      ),
    );
  });
});
