import { describe, expect, it } from 'vitest';
import type { TenantIssuer } from '../../sources/jwt/policy.ts';
import { duplicateClaim, type IssuerClaims } from './issuers.ts';

const T1 = '11111111-1111-4111-8111-111111111111';
const T2 = '22222222-2222-4222-8222-22222222222a';

const claims = (source: string, issuers: readonly string[], tenantIssuer?: TenantIssuer): IssuerClaims => ({
  source,
  issuers,
  tenantIssuer,
});
const template = (tenants: TenantIssuer['tenants'], suffix = '/v2.0'): TenantIssuer => ({
  prefix: 'https://login.example/',
  suffix,
  tenants,
});

describe('duplicateClaim', () => {
  it.each([
    ['the same issuer', claims('a', ['x']), claims('b', ['x']), 'x'],
    ['one of several', claims('a', ['x', 'y']), claims('b', ['z', 'y']), 'y'],
    ['none at all', claims('a', []), claims('b', []), 'any issuer, for they name none'],
    ['the same tenant', claims('a', [], template([T1])), claims('b', [], template([T2, T1])), '{tenantid}'],
    ['any tenant twice', claims('a', [], template('*')), claims('b', [], template('*')), '{tenantid}'],
    ['any tenant and one', claims('a', [], template('*')), claims('b', [], template([T1])), '{tenantid}'],
    [
      'an exact issuer that the other names as a tenant',
      claims('a', [`https://login.example/${T2.toUpperCase()}/v2.0`]),
      claims('b', [], template([T2])),
      'v2.0',
    ],
    [
      'a tenant that the other names exactly',
      claims('a', [], template([T1])),
      claims('b', [`https://login.example/${T1}/v2.0`]),
      T1,
    ],
  ])('finds %s', (_, first, second, issuer) => {
    expect(duplicateClaim([first, second])).toEqual({
      first: 'a',
      second: 'b',
      issuer: expect.stringContaining(issuer),
    });
  });

  it.each([
    ['different issuers', claims('a', ['x']), claims('b', ['y'])],
    ['issuers that differ in a slash', claims('a', ['https://x/']), claims('b', ['https://x'])],
    ['one issuer and none', claims('a', ['x']), claims('b', [])],
    ['a template and no issuer', claims('a', [], template('*')), claims('b', [])],
    ['different tenants', claims('a', [], template([T1])), claims('b', [], template([T2]))],
    ['different templates', claims('a', [], template('*')), claims('b', [], template('*', '/v1.0'))],
    [
      'an exact issuer beside any tenant, which comes after it',
      claims('a', [`https://login.example/${T1}/v2.0`]),
      claims('b', [], template('*')),
    ],
  ])('passes %s', (_, first, second) => {
    expect(duplicateClaim([first, second])).toBeUndefined();
  });

  it('compares every pair', () => {
    const all = [claims('a', ['x']), claims('b', ['y']), claims('c', ['z']), claims('d', ['y'])];
    expect(duplicateClaim(all)).toEqual({ first: 'b', second: 'd', issuer: 'y' });
  });
});
