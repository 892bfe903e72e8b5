/** What makes 32 bytes a sound Ed25519 public key (RFC 8032 section 5.1.3), which OpenSSL does not ask. */

const P = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/** The y of every point of order 1, 2, 4 or 8: under such a key a forged signature can verify. */
const SMALL_ORDER = new Set([
  0n,
  1n,
  P - 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  55188659117513257062467267217118295137698188065244968500265048394206261417927n,
]);

/** Says what is wrong with the key, or nothing. `bytes` are its 32 bytes, little-endian, sign bit on top. */
export function ed25519Problem(bytes: Uint8Array): string | undefined {
  const encoded = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const y = BigInt.asUintN(255, encoded);
  if (y >= P) return 'its x is not a canonical Ed25519 point';
  if (SMALL_ORDER.has(y)) return 'its x is a point of small order, for which signatures can be forged';
  // x² = (y² - 1) / (d y² + 1) has a root exactly if numerator times denominator is a square.
  const square = (y * y) % P;
  if (!isSquare(((square - 1n) * (D * square + 1n)) % P)) return 'its x is not a point on Ed25519';
  return undefined;
}

/** Euler's criterion: a^((p-1)/2) is 1 for the squares. */
function isSquare(a: bigint): boolean {
  let result = 1n;
  let base = a;
  for (let exponent = (P - 1n) / 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result === 1n;
}
