import { describe, expect, it, vi } from 'vitest';
import { request } from '../../test/support/decide.ts';
import type { CredentialPolicy } from '../policy/policy.ts';
import { findCredentials, withoutCookies } from './credentials.ts';

const BEARER: CredentialPolicy = { in: 'Header', name: 'Authorization', scheme: 'Bearer' };
const API_TOKEN: CredentialPolicy = { in: 'Header', name: 'X-Api-Token', scheme: '' };
const QUERY: CredentialPolicy = { in: 'Query', name: 'access_token' };
const COOKIE: CredentialPolicy = { in: 'Cookie', name: 'session', origins: ['https://shop.example'] };
const ALL = [BEARER, API_TOKEN, QUERY, COOKIE];

const find = (headers: Record<string, string>, query = '', method = 'GET') => {
  const found = findCredentials(request({ method, headers }), query, ALL);
  return found.kind === 'found' ? found.token : found.kind === 'none' ? 'none' : found.reason;
};

describe('findCredentials', () => {
  it.each([
    ['nothing', {}, '', 'none'],
    ['a bearer token', { authorization: 'Bearer t' }, '', 't'],
    ['the scheme without case', { authorization: 'bEARER t' }, '', 't'],
    ['more than one space', { authorization: 'Bearer   t' }, '', 't'],
    ['a tab, which stays and makes it malformed', { authorization: 'Bearer\tt' }, '', '\tt'],
    ['a space beyond ASCII, which stays', { authorization: 'Bearer t\u00a0' }, '', 't\u00a0'],
    ['a space beyond ASCII before the scheme', { authorization: '\u00a0Bearer t' }, '', 'none'],
    ['another scheme', { authorization: 'Basic dDp0' }, '', 'none'],
    ['another scheme with a comma', { authorization: 'Digest a="b", c="d"' }, '', 'none'],
    ['a scheme that only begins alike', { authorization: 'BearerX t' }, '', 'none'],
    ['the bare scheme', { authorization: 'Bearer' }, '', 'token_malformed'],
    ['the scheme and a space', { authorization: 'Bearer ' }, '', 'token_malformed'],
    ['an empty header', { authorization: '' }, '', 'token_malformed'],
    ['a blank header', { authorization: '  ' }, '', 'token_malformed'],
    ['a doubled header', { authorization: 'Bearer a,Bearer b' }, '', 'token_ambiguous'],
    ['the same token twice', { authorization: 'Bearer a, Bearer a' }, '', 'token_ambiguous'],
    ['a bearer beside another scheme', { authorization: 'Basic x, Bearer a' }, '', 'token_ambiguous'],
    ['an own header', { 'x-api-token': 't' }, '', 't'],
    ['an own header that is empty', { 'x-api-token': '' }, '', 'token_malformed'],
    ['an own header twice', { 'x-api-token': 'a, b' }, '', 'token_ambiguous'],
    ['two places', { authorization: 'Bearer a', 'x-api-token': 'a' }, '', 'token_ambiguous'],
    ['a token and an empty place', { authorization: 'Bearer a' }, 'access_token=', 'token_ambiguous'],
    ['the query', {}, 'a=b&access_token=t', 't'],
    ['an escaped name', {}, 'access%5Ftoken=t', 't'],
    ['an escaped value', {}, 'access_token=%74', 't'],
    ['an escape that is none, which stays', {}, 'access_token=%74%zz', 't%zz'],
    ['an escape beyond ASCII, which stays', {}, 'access_token=%74%ff', 't%ff'],
    ['a plus sign, which is a space', {}, 'access_token=a+b', 'a b'],
    ['an empty value', {}, 'access_token=', 'token_malformed'],
    ['a bare name', {}, 'access_token', 'token_malformed'],
    ['a doubled parameter', {}, 'access_token=a&access_token=b', 'token_ambiguous'],
    ['a doubled parameter, one of them escaped', {}, 'access_token=a&%61ccess_token=b', 'token_ambiguous'],
    ['another case', {}, 'Access_Token=t', 'none'],
    ['a cookie', { cookie: 'a=b; session=t; c=d' }, '', 't'],
    ['a quoted cookie', { cookie: 'session="t"' }, '', 't'],
    [
      'a cookie after a comma, where only some readers see it',
      { cookie: 'a=b,session=t' },
      '',
      'token_ambiguous',
    ],
    ['a cookie before a comma', { cookie: 'session=t,a=b' }, '', 'token_ambiguous'],
    ['a cookie beside one with a comma', { cookie: 'a=b,c; session=t' }, '', 't'],
    ['a cookie whose name begins with a space beyond ASCII', { cookie: '\u2003session=t' }, '', 'none'],
    ['a cookie that ends with one, which makes it malformed', { cookie: 'session=t\u00a0' }, '', 't\u00a0'],
    ['a doubled cookie', { cookie: 'session=a; session=b' }, '', 'token_ambiguous'],
    ['a doubled cookie header', { cookie: 'session=a,session=b' }, '', 'token_ambiguous'],
    ['an empty cookie', { cookie: 'session=' }, '', 'token_malformed'],
    ['a cookie whose name ends alike', { cookie: 'xsession=t' }, '', 'none'],
    ['a cookie of another case', { cookie: 'Session=t' }, '', 'none'],
  ] as const)('%s', (_, headers, query, expected) => {
    expect(find(headers as Record<string, string>, query)).toBe(expected);
  });

  it.each([
    ['GET', undefined, 't'],
    ['HEAD', undefined, 't'],
    ['OPTIONS', undefined, 't'],
    ['POST', undefined, 'origin_not_allowed'],
    ['POST', 'null', 'origin_not_allowed'],
    ['POST', 'https://evil.example', 'origin_not_allowed'],
    ['POST', 'https://shop.example.evil.example', 'origin_not_allowed'],
    ['POST', 'https://shop.example', 't'],
    ['DELETE', 'https://shop.example', 't'],
    ['DELETE', 'https://shop.example,https://evil.example', 'origin_not_allowed'],
  ])('a cookie with %s from %s', (method, origin, expected) => {
    expect(find({ cookie: 'session=t', ...(origin === undefined ? {} : { origin }) }, '', method)).toBe(
      expected,
    );
  });

  it.each([
    ['GET', { upgrade: 'websocket' }],
    ['GET', { upgrade: 'WebSocket' }],
    ['GET', { upgrade: 'h2c' }],
    ['GET', { upgrade: 'anything, websocket' }],
    ['GET', { upgrade: '' }],
    ['HEAD', { upgrade: 'websocket' }],
    ['OPTIONS', { upgrade: 'websocket' }],
    // What is left of an upgrade where a proxy asks in words of its own.
    ['GET', { 'sec-websocket-version': '13' }],
    ['GET', { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }],
    ['GET', { ':protocol': 'websocket' }],
    ['GET', { ':protocol': 'webtransport' }],
    ['CONNECT', { ':protocol': 'websocket' }],
    ['CONNECT', {}],
  ])('a cookie with %s and %j is taken from allowed origins alone', (method, headers) => {
    const from = (origin?: string) =>
      find({ cookie: 'session=t', ...headers, ...(origin !== undefined && { origin }) }, '', method);
    expect(from()).toBe('origin_not_allowed');
    expect(from('null')).toBe('origin_not_allowed');
    expect(from('https://evil.example')).toBe('origin_not_allowed');
    expect(from('https://shop.example')).toBe('t');
  });

  it('asks a token that no browser sends by itself for no origin', () => {
    expect(find({ authorization: 'Bearer t', upgrade: 'websocket' })).toBe('t');
    expect(find({ upgrade: 'websocket' }, 'access_token=t')).toBe('t');
    expect(find({ cookie: 'session=t', connection: 'upgrade' })).toBe('t');
  });

  it('takes a header from no other origin than the caller: Envoy speaks in x-envoy-', () => {
    const place: CredentialPolicy = { in: 'Header', name: 'x-envoy-token', scheme: '' };
    expect(findCredentials(request({ headers: { 'x-envoy-token': 't' } }), '', [place]).kind).toBe('none');
  });
});

describe('a header that proxies further out set', () => {
  it.each([
    ['X-Forwarded-Access-Token', 'found'],
    ['X-Forwarded-Proto', 'none'],
  ])('%s: %s', (name, expected) => {
    const found = findCredentials(request({ headers: { [name.toLowerCase()]: 't' } }), '', [
      { in: 'Header', name, scheme: '' },
    ]);
    expect(found.kind).toBe(expected);
  });
});

describe('withoutCookies', () => {
  it.each([
    ['session=t', ''],
    ['a=b; session=t', 'a=b'],
    ['session=t; a=b,c; d', 'a=b,c; d'],
    ['a=b,session=t', 'a=b'],
    ['xsession=t', 'xsession=t'],
    ['a=b\u00a0; \u2003session=t', 'a=b\u00a0; \u2003session=t'],
  ])('%j without session is %j', (header, expected) => {
    expect(withoutCookies(header, new Set(['session']))).toBe(expected);
  });
});

describe('looking for a token copies little of what a caller has repeated', () => {
  const many = (text: string) => text.repeat(60_000 / text.length);
  const places = Array.from({ length: 8 }, (_, i): readonly CredentialPolicy[] => [
    { in: 'Query', name: `token${i}` },
    { in: 'Cookie', name: `token${i}`, origins: [] },
    { in: 'Header', name: `x-token${i}`, scheme: 'Bearer' },
  ]).flat();

  it.each([
    ['cookies', { cookie: many('a=b;') }, '', 'none'],
    ['separators of cookies', { cookie: many(';,') }, '', 'none'],
    ['cookies of one name', { cookie: many('token0=a;') }, '', 'token_ambiguous'],
    ['values of a header', { 'x-token0': many('a,') }, '', 'none'],
    ['tokens in a header', { 'x-token0': many('Bearer a,') }, '', 'token_ambiguous'],
    ['parameters', {}, many('a=b&'), 'none'],
    ['parameters with escapes', {}, many('%74%6&'), 'none'],
    ['parameters of one name', {}, many('token0=a&'), 'token_ambiguous'],
  ])('of many %s', (_, headers, query, expected) => {
    const slices = vi.spyOn(String.prototype, 'slice');
    const splits = vi.spyOn(String.prototype, 'split');
    const found = findCredentials(request({ headers }), query, places);
    const parts = splits.mock.results.map(({ value }) => (Array.isArray(value) ? value.length : 0));
    const copies = parts.reduce((sum, length) => sum + length, slices.mock.calls.length);
    slices.mockRestore();
    splits.mockRestore();
    expect(found.kind === 'refused' ? found.reason : found.kind).toBe(expected);
    expect(copies).toBeLessThan(100);
  });
});
