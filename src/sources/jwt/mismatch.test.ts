import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { audienceMismatch, issuerMismatch } from './mismatch.ts';

describe('an issuer that no source has', () => {
  it.each([
    ['https://a.example', ['https://b.example'], 'iss "https://a.example"', 'iss "https://b.example"'],
    [undefined, ['https://b.example'], 'no iss', 'iss "https://b.example"'],
    ['https://a', [], 'iss "https://a"', 'iss none'],
    ['https://a', ['https://b', 'https://c'], 'iss "https://a"', 'iss "https://b" or "https://c"'],
    [
      'https://a.example/',
      ['https://a.example'],
      'iss "https://a.example/"',
      'iss "https://a.example"; they differ by the slash at the end alone',
    ],
  ])('%s beside %j', (issuer, known, says, expected) => {
    expect(issuerMismatch(issuer, known)).toMatchObject({ says, expected });
  });
});

describe('an audience that the source does not take', () => {
  it.each([
    [['api://a'], ['api://b'], 'aud "api://a"', 'aud "api://b"'],
    [undefined, ['api://b'], 'no aud', 'aud "api://b"'],
    [[], ['api://b'], 'aud none', 'aud "api://b"'],
    [undefined, [], 'no aud', 'any aud'],
  ])('%j beside %j', (audience, audiences, says, expected) => {
    expect(audienceMismatch(audience, {}, { audiences, isForResource: false })).toMatchObject({
      says,
      expected,
    });
  });
});

it('an ID token in the place of an access token is recognised', () => {
  const remedy = (claims: JsonObject) =>
    audienceMismatch(['web'], claims, { audiences: ['api'], isForResource: false }).remedy;
  expect(remedy({ nonce: 'n' })).toBe('this is an ID token (it has nonce): send the access token');
  expect(remedy({ scope: 'read' })).toMatch(/^if the token is meant for this API, add its aud/);
});

describe('what is shown', () => {
  it('is bounded', () => {
    const { says } = audienceMismatch(
      Array.from({ length: 1000 }, () => 'a'.repeat(10_000)),
      {},
      { audiences: [], isForResource: false },
    );
    expect(says.length).toBeLessThan(8 * 300);
    expect(says).toMatch(/ and 992 more$/);
  });

  it.each([
    ['a line break', 'a\nb', '"a\\nb"'],
    ['a quote', 'a"b', '"a\\"b"'],
    ['a text that runs from right to left', 'a\u202eb', '"a\\u202eb"'],
    ['a colour of a terminal', 'a\u001b[31m\u009b', '"a\\u001b[31m\\u009b"'],
  ])('holds %s only escaped', (_, issuer, text) => {
    expect(issuerMismatch(issuer, []).says).toBe(`iss ${text}`);
  });
});
