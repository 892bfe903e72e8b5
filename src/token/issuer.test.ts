import { describe, expect, it } from 'vitest';
import { sourcePolicy } from '../../test/support/policy.ts';
import type { SourcePolicy } from '../policy/policy.ts';
import { chooseSource, indexSources, keyServesIssuer } from './issuer.ts';
import { prepareSource } from './source.ts';

const T = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const OTHER = '72f988bf-86f1-41af-91ab-2d7cd011db48';
const source = (id: string, changes: Partial<SourcePolicy>) =>
  prepareSource(sourcePolicy({ id, uid: id, ...changes }), new Map(), undefined);
const tenantIssuer = (tenants: readonly string[] | '*') => ({
  prefix: 'https://login.example/',
  suffix: '/v2.0',
  tenants,
});

const okta = source('okta', { issuers: ['https://okta.example', 'okta.example'] });
const entra = source('entra', { issuers: [], tenantIssuer: tenantIssuer([T]) });
const bare = source('bare', { issuers: [] });

const choose = (list: readonly (typeof okta)[], iss: string | undefined, claims = {}) =>
  chooseSource(indexSources(list), iss, claims)?.policy.id;

describe('chooseSource', () => {
  it.each([
    ['the issuer', [okta, bare], 'https://okta.example', {}, 'okta'],
    ['another accepted issuer', [okta, bare], 'okta.example', {}, 'okta'],
    ['a trailing slash', [okta], 'https://okta.example/', {}, undefined],
    ['another case', [okta], 'https://OKTA.example', {}, undefined],
    ['no issuer in the token', [okta], undefined, {}, undefined],
    ['no issuer, with a source that does not check it', [okta, bare], undefined, {}, 'bare'],
    ['another issuer, with a source that does not check it', [okta, bare], 'https://x', {}, 'bare'],
    [
      'two sources that do not check it',
      [bare, source('bare2', { issuers: [] })],
      'https://x',
      {},
      undefined,
    ],
    ['a tenant', [okta, entra], `https://login.example/${T}/v2.0`, { tid: T }, 'entra'],
    [
      'a tenant that is not allowed',
      [entra],
      `https://login.example/${OTHER}/v2.0`,
      { tid: OTHER },
      undefined,
    ],
    ['a tenant without tid', [entra], `https://login.example/${T}/v2.0`, {}, undefined],
    [
      'a tenant with the tid of another',
      [entra],
      `https://login.example/${OTHER}/v2.0`,
      { tid: T },
      undefined,
    ],
    [
      'the template itself',
      [entra],
      'https://login.example/{tenantid}/v2.0',
      { tid: '{tenantid}' },
      undefined,
    ],
    ['a tid that is no GUID', [entra], 'https://login.example/x/v2.0', { tid: 'x' }, undefined],
  ])('%s', (_, list, iss, claims, expected) => {
    expect(choose(list, iss, claims)).toBe(expected);
  });

  it('takes any GUID for "*", and still only GUIDs', () => {
    const any = source('any', { issuers: [], tenantIssuer: tenantIssuer('*') });
    expect(choose([any], `https://login.example/${OTHER}/v2.0`, { tid: OTHER })).toBe('any');
    expect(choose([any], 'https://login.example/common/v2.0', { tid: 'common' })).toBeUndefined();
  });

  it('gives an issuer that two sources claim to neither', () => {
    const twin = source('twin', { issuers: ['https://okta.example'] });
    expect(choose([okta, twin], 'https://okta.example')).toBeUndefined();
    expect(choose([okta, twin], 'okta.example')).toBe('okta');
  });
});

describe('keyServesIssuer', () => {
  const claims = { iss: `https://login.example/${T}/v2.0`, tid: T };

  it.each([
    ['no issuer', undefined, true],
    ['the template', 'https://login.example/{tenantid}/v2.0', true],
    ['the tenant', `https://login.example/${T}/v2.0`, true],
    ['another tenant', `https://login.example/${OTHER}/v2.0`, false],
    ['another provider', 'https://evil.example/{tenantid}/v2.0', false],
  ])('a key of a multi-tenant set with %s', (_, issuer, expected) => {
    expect(keyServesIssuer(issuer, entra, claims)).toBe(expected);
  });

  it.each([
    ['the template', 'https://login.example/{tenantid}/v2.0', true],
    ['that issuer', `https://sts.example/${T}/`, true],
    ['a tenant', `https://login.example/${T}/v2.0`, false],
    ['another provider’s template', 'https://evil.example/{tenantid}/v2.0', false],
  ])('for an issuer that is accepted beside the template, a key with %s', (_, issuer, expected) => {
    const both = source('both', { issuers: [`https://sts.example/${T}/`], tenantIssuer: tenantIssuer([T]) });
    expect(keyServesIssuer(issuer, both, { iss: `https://sts.example/${T}/`, tid: T })).toBe(expected);
    expect(keyServesIssuer(issuer, both, { iss: 'https://sts.example/other/', tid: T })).toBe(false);
  });

  it('puts the tenant in as it stands, whatever characters it is made of', () => {
    const iss = 'https://login.example/https://login.example//v2.0';
    expect(keyServesIssuer('https://login.example/{tenantid}/v2.0', entra, { iss, tid: '$`' })).toBe(false);
  });

  it('is not asked of a source with one issuer', () => {
    expect(keyServesIssuer('https://elsewhere.example', okta, claims)).toBe(true);
  });
});
