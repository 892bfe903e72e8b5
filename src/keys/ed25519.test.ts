import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ed25519Problem } from './ed25519.ts';

const PRIME = 2n ** 255n - 19n;
const SIGN = 2n ** 255n;
const little = (y: bigint) => Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse();

it('takes the key of RFC 8037 A.2', () => {
  const key = Buffer.from('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', 'base64url');
  expect(ed25519Problem(key)).toBeUndefined();
});

it('refuses every point of small order, by either sign', () => {
  const torsion = ed25519.Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
  let point = ed25519.Point.ZERO;
  for (let multiple = 0; multiple < 8; multiple += 1) {
    const { y } = point.toAffine();
    expect(ed25519Problem(little(y))).toContain('small order');
    expect(ed25519Problem(little(y + SIGN))).toContain('small order');
    point = point.add(torsion);
  }
  expect(point.equals(ed25519.Point.ZERO)).toBe(true);
});

it('refuses a y that is not canonical', () => {
  for (const y of [PRIME, PRIME + 1n, PRIME + 3n, SIGN - 1n, PRIME + SIGN, 2n * SIGN - 1n]) {
    expect(ed25519Problem(little(y))).toContain('canonical');
  }
});

it('agrees with another library about which bytes are a point', () => {
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const sound = isSoundPoint(bytes);
      seen.add(sound);
      return (ed25519Problem(bytes) === undefined) === sound;
    }),
    { numRuns: 200, seed: 3 },
  );
  expect(seen.size).toBe(2);
});

function isSoundPoint(bytes: Uint8Array): boolean {
  try {
    return !ed25519.Point.fromBytes(bytes).isSmallOrder();
  } catch {
    return false;
  }
}
