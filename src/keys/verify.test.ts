import { constants, createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALGORITHM_NAMES, ALGORITHMS, type Algorithm } from './algorithms.ts';
import { importHmac } from './hmac.ts';
import { importJwk } from './jwk.ts';
import type { VerificationKey } from './key.ts';
import { isSignatureValid, isSlow, verifyAsync } from './verify.ts';

const INPUT = Buffer.from('eyJhbGciOiJ4In0.e30');

interface Pair {
  readonly secret: KeyObject;
  readonly key: VerificationKey;
}

function pair({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): Pair {
  const imported = importJwk(publicKey.export({ format: 'jwk' }));
  if (imported.kind === 'refused') throw new Error(imported.problem);
  return { secret: privateKey, key: imported.key };
}

function hmacPair(): Pair {
  const imported = importHmac(randomBytes(64), undefined);
  if (imported.kind === 'too_short') throw new Error(imported.problem);
  return { secret: imported.key.keyObject, key: imported.key };
}

const PAIRS = {
  RSA: pair(generateKeyPairSync('rsa', { modulusLength: 2048 })),
  'P-256': pair(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  'P-384': pair(generateKeyPairSync('ec', { namedCurve: 'P-384' })),
  'P-521': pair(generateKeyPairSync('ec', { namedCurve: 'P-521' })),
  secp256k1: pair(generateKeyPairSync('ec', { namedCurve: 'secp256k1' })),
  Ed25519: pair(generateKeyPairSync('ed25519')),
  oct: hmacPair(),
};

function pairFor(alg: Algorithm): Pair {
  const entry = ALGORITHMS[alg];
  if ('curve' in entry) return PAIRS[entry.curve];
  return entry.family === 'HMAC' ? PAIRS.oct : PAIRS.RSA;
}

function signatureBy(alg: Algorithm, options: { readonly saltLength?: number } = {}): Buffer {
  const entry = ALGORITHMS[alg];
  const { secret } = pairFor(alg);
  switch (entry.family) {
    case 'HMAC':
      return createHmac(entry.hash, secret).update(INPUT).digest();
    case 'RSASSA-PKCS1-v1_5':
      return sign(entry.hash, INPUT, secret);
    case 'RSASSA-PSS': {
      const saltLength = options.saltLength ?? entry.saltLength;
      return sign(entry.hash, INPUT, { key: secret, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
    }
    case 'ECDSA':
      return sign(entry.hash, INPUT, { key: secret, dsaEncoding: 'ieee-p1363' });
    case 'EdDSA':
      return sign(null, INPUT, secret);
  }
}

/** Both ways of verifying, which must agree. */
async function verdict(alg: Algorithm, key: VerificationKey, signature: Uint8Array): Promise<boolean> {
  const valid = isSignatureValid(alg, key, INPUT, signature);
  await expect(verifyAsync(alg, key, INPUT, signature)).resolves.toBe(valid);
  return valid;
}

describe.each(ALGORITHM_NAMES)('%s', (alg) => {
  const { key } = pairFor(alg);
  const signature = signatureBy(alg);

  it('takes its own signature', async () => {
    expect(await verdict(alg, key, signature)).toBe(true);
  });

  it('refuses one of any other length', async () => {
    const zero = Buffer.alloc(1);
    const others = [
      Buffer.alloc(0),
      signature.subarray(1),
      signature.subarray(0, -1),
      signature.subarray(0, 16),
      Buffer.concat([signature, zero]),
      Buffer.concat([zero, signature]),
      Buffer.concat([signature, signature]),
    ];
    for (const other of others) expect(await verdict(alg, key, other), `${other.length}`).toBe(false);
  });

  it('refuses zeros, ones and any single turned bit', async () => {
    expect(await verdict(alg, key, Buffer.alloc(signature.length))).toBe(false);
    expect(await verdict(alg, key, Buffer.alloc(signature.length, 255))).toBe(false);
    const bits = fc.integer({ min: 0, max: signature.length * 8 - 1 });
    fc.assert(
      fc.property(bits, (bit) => {
        const turned = Buffer.from(signature);
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return !isSignatureValid(alg, key, INPUT, turned);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('refuses its signature for another input', () => {
    expect(isSignatureValid(alg, key, Buffer.concat([INPUT, Buffer.from('A')]), signature)).toBe(false);
    expect(isSignatureValid(alg, key, Buffer.alloc(0), signature)).toBe(false);
  });

  it('refuses keys that it is not for', async () => {
    for (const other of Object.values(PAIRS).filter((candidate) => candidate.key !== key)) {
      expect(await verdict(alg, other.key, signature)).toBe(false);
    }
  });

  it('refuses a key narrowed to another algorithm', async () => {
    const algorithms = key.algorithms.filter((name) => ALGORITHMS[name] !== ALGORITHMS[alg]);
    expect(await verdict(alg, { ...key, algorithms }, signature)).toBe(false);
  });
});

const CURVES = { ES256: p256, ES384: p384, ES512: p521, ES256K: secp256k1 } as const;

describe.each(['ES256', 'ES384', 'ES512', 'ES256K'] as const)('%s', (alg) => {
  const { n: order } = CURVES[alg].Point.CURVE();
  const { key } = pairFor(alg);
  const good = signatureBy(alg);
  const half = good.length / 2;
  const bytes = (value: bigint) => Buffer.from(value.toString(16).padStart(half * 2, '0'), 'hex');
  const r = BigInt(`0x${good.subarray(0, half).toString('hex')}`);
  const s = BigInt(`0x${good.subarray(half).toString('hex')}`);

  it('takes both s and its negative, as the standard has it', async () => {
    expect(await verdict(alg, key, Buffer.concat([bytes(r), bytes(order - s)]))).toBe(true);
  });

  it.each<[string, bigint, bigint]>([
    ['r = s = 0', 0n, 0n],
    ['r = 0', 0n, s],
    ['s = 0', r, 0n],
    ['r = n', order, s],
    ['s = n', r, order],
    ['r = s = n', order, order],
    ['r = 1, s = 1', 1n, 1n],
    ['r = n - 1, s = n - 1', order - 1n, order - 1n],
    ['r and s exchanged', s, r],
  ])('refuses %s', async (_name, badR, badS) => {
    expect(await verdict(alg, key, Buffer.concat([bytes(badR), bytes(badS)]))).toBe(false);
  });

  it('refuses DER', async () => {
    const entry = ALGORITHMS[alg];
    const der = sign('hash' in entry ? entry.hash : null, INPUT, pairFor(alg).secret);
    expect(await verdict(alg, key, der)).toBe(false);
    expect(await verdict(alg, key, der.subarray(0, good.length))).toBe(false);
    expect(await verdict(alg, key, Buffer.concat([der, good]).subarray(0, good.length))).toBe(false);
  });
});

it('ES512 refuses r or s with n added, for which its 528 bits have room', async () => {
  const { key } = PAIRS['P-521'];
  const good = signatureBy('ES512');
  const { n: order } = p521.Point.CURVE();
  const heavier = (half: Buffer) => {
    const value = BigInt(`0x${half.toString('hex')}`) + order;
    return Buffer.from(value.toString(16).padStart(132, '0'), 'hex');
  };
  const [r, s] = [good.subarray(0, 66), good.subarray(66)];
  expect(await verdict('ES512', key, Buffer.concat([heavier(r), s]))).toBe(false);
  expect(await verdict('ES512', key, Buffer.concat([r, heavier(s)]))).toBe(false);
});

it('a P-256 key verifies no ES256K token, though both sign with SHA-256', () => {
  const { secret, key } = PAIRS['P-256'];
  const signature = sign('sha256', INPUT, { key: secret, dsaEncoding: 'ieee-p1363' });
  expect(isSignatureValid('ES256', key, INPUT, signature)).toBe(true);
  expect(isSignatureValid('ES256K', key, INPUT, signature)).toBe(false);
});

it.each(['PS256', 'PS384', 'PS512'] as const)('%s takes no salt but its own', async (alg) => {
  for (const saltLength of [0, 20, 31, 65, constants.RSA_PSS_SALTLEN_MAX_SIGN]) {
    expect(await verdict(alg, PAIRS.RSA.key, signatureBy(alg, { saltLength })), `${saltLength}`).toBe(false);
  }
});

it('EdDSA refuses an S with the group order added (RFC 8032 section 5.1.7)', async () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const good = signatureBy('EdDSA');
  const s = BigInt(`0x${Buffer.from(good.subarray(32)).reverse().toString('hex')}`) + order;
  const heavier = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  expect(await verdict('EdDSA', PAIRS.Ed25519.key, Buffer.concat([good.subarray(0, 32), heavier]))).toBe(
    false,
  );
});

it('never throws, whatever the bytes', () => {
  const anyPair = fc.constantFrom(...Object.values(PAIRS));
  const anyAlg = fc.constantFrom(...ALGORITHM_NAMES);
  const length = fc.constantFrom(0, 1, 32, 48, 64, 96, 132, 256, 257);
  const bytes = length.chain((size) => fc.uint8Array({ minLength: size, maxLength: size }));
  fc.assert(
    fc.property(anyPair, anyAlg, fc.uint8Array(), bytes, ({ key }, alg, input, signature) => {
      return !isSignatureValid(alg, key, input, signature);
    }),
    { numRuns: 500, seed: 2 },
  );
});

it('a key object that does not fit its key is false, not an exception', async () => {
  const mixed: VerificationKey = { ...PAIRS.RSA.key, keyObject: PAIRS.oct.secret };
  expect(await verdict('RS256', mixed, signatureBy('RS256'))).toBe(false);
});

it.each<[keyof typeof PAIRS, boolean]>([
  ['RSA', false],
  ['P-256', false],
  ['Ed25519', false],
  ['oct', false],
  ['P-384', true],
  ['P-521', true],
  ['secp256k1', true],
])('isSlow: %s %s', (name, slow) => {
  expect(isSlow(PAIRS[name].key)).toBe(slow);
});

it('isSlow: RSA above 4,096 bits', () => {
  expect(isSlow({ ...PAIRS.RSA.key, modulusLength: 512 })).toBe(false);
  expect(isSlow({ ...PAIRS.RSA.key, modulusLength: 513 })).toBe(true);
});
