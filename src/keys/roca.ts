/** The mark of RSA keys from a broken Infineon library (ROCA, CVE-2017-15361), which can be factored. */

/** Such a modulus is a power of 65537 modulo each of these; of the sound ones, one in 200 million is. */
const PRIMES = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

const POWERS: readonly (readonly [prime: bigint, powers: ReadonlySet<bigint>])[] = PRIMES.map((prime) => {
  const powers = new Set<bigint>();
  for (let power = 1; !powers.has(BigInt(power)); power = (power * 65_537) % prime) powers.add(BigInt(power));
  return [BigInt(prime), powers];
});

/** True for a modulus (big-endian) that bears the mark. */
export function hasRocaMark(modulus: Uint8Array): boolean {
  const n = BigInt(`0x${Buffer.from(modulus).toString('hex')}`);
  return POWERS.every(([prime, powers]) => powers.has(n % prime));
}
