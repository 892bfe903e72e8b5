import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../base/json.ts';
import { SCHEMAS } from './schema.gen.ts';
import { structuralProblems } from './structure.ts';

/** What is said of a spec: `field: message; remedy`. */
function said(kind: keyof typeof SCHEMAS, spec: JsonValue): readonly string[] {
  const schema = SCHEMAS[kind].properties?.spec;
  if (schema === undefined) throw new Error('no spec');
  return structuralProblems(schema, spec, []).map(
    ({ path, message, remedy }) => `${path.join('.')}: ${message}; ${remedy}`,
  );
}

const sources = [{ name: 'okta' }];

describe('what is written in the wrong place', () => {
  it('is led to the one around which it may stand', () => {
    expect(said('AuthenticationSource', { issuer: 'https://id.example', jwt: {} })).toEqual([
      'issuer: unknown field "issuer"; did you mean jwt.issuer?',
    ]);
    expect(said('ApiBinding', { sources, require: {} })).toEqual([
      'require: unknown field "require"; did you mean rules[].require?',
    ]);
  });

  it('is not, where there are several', () => {
    expect(said('ApiBinding', { sources, name: 'a' })).toEqual([
      expect.stringContaining('unknown field "name"; the fields here are'),
    ]);
  });
});

describe('what should be an object', () => {
  it.each<[string, JsonValue, string]>([
    [
      'a source',
      { sources: ['okta'] },
      'sources.0: this must be an object, but is a string; write an object with name and, where needed, namespace',
    ],
    [
      'a path',
      { sources, rules: [{ match: { paths: ['/a'] } }] },
      'rules.0.match.paths.0: this must be an object, but is a string; write an object with type, value',
    ],
    [
      'roles',
      { sources, rules: [{ require: { roles: ['a'] } }] },
      'rules.0.require.roles: this must be an object, but is a list; write an object with, where needed, anyOf, allOf, noneOf',
    ],
    [
      'labels',
      { sources, podSelector: { matchLabels: 'a' } },
      'podSelector.matchLabels: this must be an object, but is a string; write an object',
    ],
  ])('says which one: %s', (_, spec, expected) => {
    expect(said('ApiBinding', spec)).toEqual([expected]);
  });
});

describe('what is nearly right', () => {
  const login = (authentication: JsonValue) => ({ sources, rules: [{ require: { authentication } }] });
  const at = 'rules.0.require.authentication';

  it.each<[string, JsonValue, string]>([
    [
      'a number of seconds',
      login({ maxAge: 900 }),
      `${at}.maxAge: this must be a string, but is a number; write whole numbers with h, m or s, such as 15m, 90s or 1h30m`,
    ],
    [
      'the same in quotes',
      login({ maxAge: '900' }),
      `${at}.maxAge: this is no duration; write whole numbers with h, m or s, such as 15m, 90s or 1h30m`,
    ],
    [
      'one of a list',
      login({ acr: 'phr' }),
      `${at}.acr: this must be a list, but is a string; write ["phr"]`,
    ],
    [
      'what belongs into require',
      { sources, rules: [{ authentication: { maxAge: '15m' } }] },
      'rules.0.authentication: this must be a string, but is an object; write one of None, Optional, Required, Deny',
    ],
    ['a field that must be there', { source: [] }, 'source: unknown field "source"; did you mean sources?'],
  ])('is led there: %s', (_, spec, expected) => {
    expect(said('ApiBinding', spec)).toEqual([expected]);
  });
});
