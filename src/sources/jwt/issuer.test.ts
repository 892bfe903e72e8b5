import { describe, expect, it } from 'vitest';
import { sourcePolicy } from '../../../test/support/policy.ts';
import { finishSteps } from '../../base/steps.ts';
import type { JwtPolicy } from '../../sources/jwt/policy.ts';
import { chooseSource, indexSources, keyServesIssuer } from './issuer.ts';
import { prepareSource } from './source.ts';

const T = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const OTHER = '72f988bf-86f1-41af-91ab-2d7cd011db48';
const source = (id: string, changes: Partial<JwtPolicy>) =>
  finishSteps(prepareSource(sourcePolicy({ id, uid: id, ...changes }), new Map(), undefined));
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

  it.each([
    ['no issuer', undefined, true],
    ['that issuer', 'https://okta.example', true],
    ['another issuer that the source accepts', 'okta.example', false],
    ['another issuer', 'https://elsewhere.example', false],
    ['another case', 'https://OKTA.example', false],
    ['a slash more', 'https://okta.example/', false],
    ['an empty name', '', false],
    ['a template', 'https://{tenantid}.example', false],
  ])('for a source with exact issuers, a key with %s', (_, issuer, expected) => {
    expect(keyServesIssuer(issuer, okta, { iss: 'https://okta.example' })).toBe(expected);
  });

  it.each([
    ['that issuer', 'https://x.example', { iss: 'https://x.example' }, true],
    ['another issuer', 'https://y.example', { iss: 'https://x.example' }, false],
    ['an issuer, for a token that names none', 'https://x.example', {}, false],
    ['no issuer', undefined, {}, true],
  ])('for a source that does not check iss, a key with %s', (_, issuer, token, expected) => {
    expect(keyServesIssuer(issuer, bare, token)).toBe(expected);
  });

  const consumers = '9188040d-6c67-4c5b-b112-36a304b66dad';
  const v1 = (tenant: string) => `https://sts.example/${tenant}/`;
  const v2 = (tenant: string) => `https://login.example/${tenant}/v2.0`;
  const single = source('single', { issuers: [v2(T), v1(T), v2(consumers), v1(consumers)] });

  it.each([
    ['the template, for a token of version 2', v2('{tenantid}'), { iss: v2(T), tid: T }, true],
    ['the template, for a token of version 1', v2('{tenantid}'), { iss: v1(T), tid: T }, true],
    ['the tenant, for its token of version 1', v2(T), { iss: v1(T), tid: T }, true],
    ['the consumers, for a token of the tenant', v2(consumers), { iss: v2(T), tid: T }, false],
    ['the consumers, for one of version 1', v2(consumers), { iss: v1(T), tid: T }, false],
    [
      'the consumers, for a tid that is not its issuer’s',
      v2(consumers),
      { iss: v2(T), tid: consumers },
      false,
    ],
    [
      'the template, for a tid that is not its issuer’s',
      v2('{tenantid}'),
      { iss: v2(T), tid: consumers },
      false,
    ],
    ['the template, for a token without tid', v2('{tenantid}'), { iss: v2(T) }, false],
    ['another template', 'https://evil.example/{tenantid}/', { iss: v1(T), tid: T }, false],
  ])('for a source with the issuers of two tenants, a key with %s', (_, issuer, token, expected) => {
    expect(keyServesIssuer(issuer, single, token)).toBe(expected);
  });
});
