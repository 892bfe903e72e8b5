import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../base/json.ts';
import { withDefaults } from './defaults.ts';
import { SCHEMAS } from './schema.gen.ts';

const source = (value: JsonValue): JsonValue => withDefaults(SCHEMAS.AuthenticationSource, value);
const binding = (value: JsonValue): JsonValue => withDefaults(SCHEMAS.ApiBinding, value);

describe('withDefaults', () => {
  it('fills in below what is there, and leaves what is written', () => {
    expect(source({ spec: { jwt: { clockSkew: '0s', fetch: { timeout: '1s' } } } })).toMatchObject({
      spec: {
        allowedNamespaces: { from: 'Same' },
        jwt: { clockSkew: '0s', expiration: 'Required', fetch: { timeout: '1s', maxStale: '24h' } },
      },
    });
  });

  it('gives no default to what a preset may touch, and none to items of lists', () => {
    const jwt = { mapping: {}, requiredClaims: [{ claim: 'a' }], expressions: [{ expression: 'true' }] };
    expect(source({ spec: { jwt } })).toMatchObject({ spec: { jwt } });
    expect(JSON.stringify(source({ spec: { jwt: {} } }))).not.toMatch(
      /mapping|acceptedIssuers|requiredClaims/,
    );
    const rules = [{ match: { paths: [{ type: 'Exact', value: '/' }] } }];
    expect(binding({ spec: { rules } })).toMatchObject({ spec: { rules } });
  });

  it('says of forward as a whole what it says of its members', () => {
    expect(binding({ spec: {} })).toEqual(binding({ spec: { forward: {} } }));
  });

  it('does not touch its argument, settles at once, and never throws', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.record({
        spec: fc.dictionary(fc.constantFrom('jwt', 'forward', 'cors', 'rules', 'x'), fc.jsonValue()),
      }),
    );
    fc.assert(
      fc.property(value, (given) => {
        const json = given as JsonValue;
        const before = JSON.stringify(json);
        for (const fill of [source, binding]) expect(fill(fill(json))).toEqual(fill(json));
        expect(JSON.stringify(json)).toBe(before);
      }),
    );
  });
});
