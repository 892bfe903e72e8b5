import { expect, it } from 'vitest';
import { ALGORITHM_NAMES, ALGORITHMS, canonicalAlgorithm, isAlgorithm } from './algorithms.ts';
import { algorithmsFor } from './key.ts';

it('the table holds the algorithms of the contract, and no other', () => {
  expect([...ALGORITHM_NAMES].sort()).toEqual(
    [
      ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'HS256', 'HS384', 'HS512'],
      ...['ES256', 'ES384', 'ES512', 'ES256K', 'EdDSA', 'Ed25519'],
    ].sort(),
  );
});

it.each([
  ...['none', 'None', 'NONE', '', 'rs256', 'RS256 ', ' RS256', 'RS1', 'HS1', 'ES521', 'Ed448', 'eddsa'],
  ...['RSA-OAEP', 'dir', 'A128KW', 'toString', '__proto__', 'constructor', 'hasOwnProperty'],
  ...[null, undefined, 256, true, ['RS256'], { RS256: 1 }],
])('isAlgorithm refuses %j', (name) => {
  expect(isAlgorithm(name)).toBe(false);
});

it('the two spellings of Ed25519 are one algorithm', () => {
  expect(canonicalAlgorithm('Ed25519')).toBe('EdDSA');
  expect(ALGORITHMS.Ed25519).toEqual(ALGORITHMS.EdDSA);
  for (const name of ALGORITHM_NAMES.filter((name) => name !== 'Ed25519')) {
    expect(canonicalAlgorithm(name)).toBe(name);
  }
});

it.each([
  ['RSA', undefined, ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
  ['EC', 'P-256', ['ES256']],
  ['EC', 'P-384', ['ES384']],
  ['EC', 'P-521', ['ES512']],
  ['EC', 'secp256k1', ['ES256K']],
  ['OKP', 'Ed25519', ['EdDSA', 'Ed25519']],
  ['oct', undefined, ['HS256', 'HS384', 'HS512']],
  ['EC', undefined, []],
  ['EC', 'Ed25519', []],
  ['OKP', 'P-256', []],
] as const)('a key of type %s and curve %s permits %j', (type, curve, algorithms) => {
  expect(algorithmsFor(type, curve)).toEqual(algorithms);
});
