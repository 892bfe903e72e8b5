/** What each identity provider really sends is taken under its preset, and refused without what it needs. */

import { describe, expect, it } from 'vitest';
import { finishSteps } from '../../src/base/steps.ts';
import { compile } from '../../src/compiler/compile.ts';
import { readManifests } from '../../src/resources/manifests.ts';
import { indexSources } from '../../src/sources/jwt/issuer.ts';
import { prepareSource } from '../../src/sources/jwt/source.ts';
import { asJwt } from '../support/policy.ts';
import { publicJwk, token } from '../support/tokens.ts';
import { NOW, verifyToken } from '../support/verification.ts';
import type { Json } from './provider.ts';
import { PROVIDERS } from './providers.ts';

/** Compiles manifests as a user writes them; the source's keys are given inline. */
function verify(jwt: Json, claims: Json, keyMembers: Json = {}) {
  const keys = { jwks: { keys: [{ ...publicJwk('RS256'), use: 'sig', ...keyMembers }] } };
  const { set, findings } = readManifests('providers.yaml', manifests({ ...jwt, keys }));
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { update, findings: found } = compile({
    resources: set,
    keySets: new Map(),
    allowInsecureHttp: false,
    secretRevision: () => '1',
  });
  expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
  const sources = update.policy.sources.map((policy) =>
    finishSteps(prepareSource(asJwt(policy), update.secrets, undefined)),
  );
  return verifyToken(token({ header: { kid: keyMembers.kid ?? 'a' }, claims }), indexSources(sources), NOW);
}

function manifests(jwt: Json): string {
  const apiVersion = 'portcullis.dev/v1alpha1';
  const documents = [
    { apiVersion, kind: 'AuthenticationSource', metadata: { name: 'idp' }, spec: { jwt } },
    {
      apiVersion,
      kind: 'ApiBinding',
      metadata: { name: 'api' },
      spec: { targetRefs: [{ kind: 'Service', name: 'api' }], sources: [{ name: 'idp' }] },
    },
  ];
  return documents.map((document) => JSON.stringify(document)).join('\n---\n');
}

describe.each(PROVIDERS)('$name', ({ jwt, claims, key, identity, refused }) => {
  const whole = { iat: NOW - 60, exp: NOW + 600, ...claims };

  it('is taken, and read as its preset says', () => {
    expect(verify(jwt, whole, key)).toMatchObject({ kind: 'verified', identity });
  });

  it('is refused without exp', () => {
    expect(verify(jwt, { ...whole, exp: undefined }, key)).toMatchObject({ reason: 'claim_rejected' });
  });

  it.each(refused)('is refused without $without', (refusal) => {
    const changed = { ...whole, ...refusal.claims };
    const verdict = verify({ ...jwt, ...refusal.jwt }, changed, refusal.key ?? key);
    expect(verdict).toMatchObject({ kind: 'refused', reason: refusal.reason });
  });
});

it('a preset changes defaults and nothing else: what the spec says stands', () => {
  const okta = { iss: 'https://o.example', iat: NOW, exp: NOW + 60, uid: 'u1', sub: 's1', roles: ['r'] };
  const jwt = { issuer: 'https://o.example' };
  const read = (more: Json) => verify({ ...jwt, ...more }, okta);
  expect(read({})).toMatchObject({ identity: { user: 's1', roles: [] } });
  expect(read({ preset: 'Okta' })).toMatchObject({ identity: { user: 'u1', roles: [] } });
  expect(read({ preset: 'Okta', mapping: { user: ['sub'], roles: ['roles'] } })).toMatchObject({
    identity: { user: 's1', roles: ['r'] },
  });
  expect(read({ preset: 'Okta', mapping: { user: [] } })).toMatchObject({ identity: { user: undefined } });
});
