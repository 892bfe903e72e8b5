/** Claim names: flat names before paths, and nothing that the token itself does not hold. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { claimReader } from './claims.ts';

const claims: JsonObject = {
  sub: 'ann',
  none: null,
  empty: '',
  no: false,
  'cognito:groups': ['admins'],
  'https://x.com/roles': ['ops'],
  realm_access: { roles: ['user'], deep: { er: 1 } },
  resource_access: { 'my.client': { roles: ['edit'] }, "o'neil": 'ok', 'back\\slash': 'ok', 'a"b': 'ok' },
  'flat.wins': 'flat',
  flat: { wins: 'nested' },
  'null.wins': null,
  null: { wins: 'nested' },
  list: [{ name: 'first' }],
  'list[0]': 'flat',
};

describe('a claim that is there', () => {
  it.each<[string, JsonValue]>([
    ['sub', 'ann'],
    ['none', null],
    ['empty', ''],
    ['no', false],
    ['cognito:groups', ['admins']],
    ['https://x.com/roles', ['ops']],
    ['realm_access.roles', ['user']],
    ['realm_access.deep.er', 1],
    ["realm_access['roles']", ['user']],
    ['["realm_access"]["roles"]', ['user']],
    ["resource_access['my.client'].roles", ['edit']],
    ['resource_access["my.client"].roles', ['edit']],
    ["resource_access['my.client']['roles']", ['edit']],
    ['resource_access["o\'neil"]', 'ok'],
    ["resource_access['o\\'neil']", 'ok'],
    ["resource_access['back\\\\slash']", 'ok'],
    ["resource_access['a\"b']", 'ok'],
    ["['sub']", 'ann'],
    ['flat.wins', 'flat'],
    ['null.wins', null],
    ['list[0]', 'flat'],
  ])('%s', (name, value) => {
    expect(claimReader(name)(claims)).toEqual(value);
  });
});

describe('a claim that is not there', () => {
  it.each([
    '',
    '.',
    'SUB',
    'sub.',
    '.sub',
    'sub.length',
    'realm_access..roles',
    'realm_access.roles.0',
    'realm_access.roles.length',
    'realm_access.roles[0]',
    'list[0].name',
    'resource_access.my.client.roles',
    "resource_access['my.client'",
    "resource_access['my.client']roles",
    "resource_access[my.client'].roles",
    'resource_access[].roles',
    "resource_access[''].roles",
    '__proto__',
    'constructor',
    'toString',
    'realm_access.__proto__',
    'realm_access.constructor.name',
    "realm_access['__proto__'].toString",
    'sub.constructor',
    'list.constructor',
  ])('%j', (name) => {
    expect(claimReader(name)(claims)).toBeUndefined();
  });
});

describe('a path', () => {
  it.each([
    ['list.name', true],
    ['sub.length', true],
    ['realm_access.roles.user', true],
    ['realm_access.deep.er.x', true],
    ["realm_access['roles']['user']", true],
    ['realm_access.roles', false],
    ['realm_access.other.roles', false],
    ['nothing.roles', false],
    ['none.roles', false],
    ['flat.wins', false],
    ['sub', false],
    ['list[0].name', false],
  ])('%s ends before its value: %s', (name, expected) => {
    expect(claimReader(name).isCutOff(claims)).toBe(expected);
  });
});

const memberName = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>;
const quoted = (name: string) => `['${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}']`;

describe('whatever the names are', () => {
  it('a flat name always wins', () => {
    fc.assert(
      fc.property(memberName, json, json, (name, value, other) => {
        const nested = Object.fromEntries([
          [name.split('.')[0], other],
          [name, value],
        ]) as JsonObject;
        expect(claimReader(name)(nested)).toBe(nested[name]);
      }),
    );
  });

  it('any members can be reached when they are quoted', () => {
    fc.assert(
      fc.property(fc.array(memberName, { minLength: 1, maxLength: 5 }), json, (path, value) => {
        const nested = path.reduceRight<JsonValue>(
          (inner, name) => Object.fromEntries([[name, inner]]),
          value,
        );
        expect(claimReader(path.map(quoted).join(''))(nested as JsonObject)).toEqual(value);
      }),
    );
  });

  it('no name throws, or finds what JSON did not hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`ab.[]'"\\0`), maxLength: 16 }), (name) => {
        const found = claimReader(name)({ a: { b: ['x'], a: { b: 1 } }, b: 'x', '0': 2 });
        expect(found === undefined || ['object', 'string', 'number'].includes(typeof found)).toBe(true);
      }),
    );
  });
});
