/** Signatures that are cut, stretched, mirrored, or made by somebody else. */

import { createHmac, createPublicKey, type KeyObject } from 'node:crypto';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { ALGORITHM_NAMES } from '../../../src/keys/algorithms.ts';
import { encode, signature, signingKey } from '../../support/tokens.ts';
import { type Context, keyFor, type Mutation, set } from '../forge.ts';

const ORDERS: Readonly<Record<string, bigint>> = {
  ES256: p256.Point.CURVE().n,
  ES384: p384.Point.CURVE().n,
  ES512: p521.Point.CURVE().n,
  ES256K: secp256k1.Point.CURVE().n,
  EdDSA: 2n ** 252n + 27742317777372353535851937790883648493n,
  Ed25519: 2n ** 252n + 27742317777372353535851937790883648493n,
};

/** Changes the second half of a signature as a number; little-endian for EdDSA. Others stay as they are. */
function onScalar(change: (s: bigint, order: bigint) => bigint) {
  return (bytes: Buffer, _input: Buffer, { alg }: Context): Buffer => {
    const order = ORDERS[alg];
    if (order === undefined) return bytes;
    const half = bytes.length / 2;
    const turn = (part: Buffer) => (alg.startsWith('Ed') ? Buffer.from(part).reverse() : part);
    const s = BigInt(`0x${turn(bytes.subarray(half)).toString('hex')}`);
    const hex = change(s, order)
      .toString(16)
      .padStart(half * 2, '0')
      .slice(-half * 2);
    return Buffer.concat([bytes.subarray(0, half), turn(Buffer.from(hex, 'hex'))]);
  };
}

const lengths: readonly Mutation[] = [
  { name: 'signature empty', signature: () => Buffer.alloc(0) },
  { name: 'signature of one byte', signature: (bytes) => bytes.subarray(0, 1) },
  { name: 'signature one byte short', signature: (bytes) => bytes.subarray(0, -1) },
  { name: 'signature without its first byte', signature: (bytes) => bytes.subarray(1) },
  { name: 'signature halved', signature: (bytes) => bytes.subarray(0, bytes.length / 2) },
  { name: 'signature and a zero', signature: (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]) },
  { name: 'a zero and signature', signature: (bytes) => Buffer.concat([Buffer.alloc(1), bytes]) },
  { name: 'signature twice', signature: (bytes) => Buffer.concat([bytes, bytes]) },
  { name: 'signature of zeros', signature: (bytes) => Buffer.alloc(bytes.length) },
  { name: 'signature of ones', signature: (bytes) => Buffer.alloc(bytes.length, 255) },
  { name: 'signature with its first bit turned', signature: (bytes) => turnBit(bytes, 0) },
  { name: 'signature with its last bit turned', signature: (bytes) => turnBit(bytes, bytes.length * 8 - 1) },
];

const scalars: readonly Mutation[] = [
  { name: 's mirrored', signature: onScalar((s, order) => order - s) },
  { name: 's with the order added', signature: onScalar((s, order) => s + order) },
  { name: 's zero', signature: onScalar(() => 0n) },
  { name: 's the order', signature: onScalar((_s, order) => order) },
  {
    name: 'r and s exchanged',
    signature: (bytes) =>
      Buffer.concat([bytes.subarray(bytes.length / 2), bytes.subarray(0, bytes.length / 2)]),
  },
];

const signers: readonly Mutation[] = [
  {
    name: 'signed by another key of the kind',
    signature: (_bytes, input, { alg, kid }) => signature(alg, signingKey(kid, 'attacker'), input),
  },
  {
    name: 'under another header',
    token: (token, { alg, kid }) => token.replace(/^[^.]*/, encode({ alg, kid })),
  },
  ...ALGORITHM_NAMES.map((other) => ({
    name: `signed as ${other}`,
    signature: (_bytes: Buffer, input: Buffer, { alg, key }: Context) =>
      signature(other, keyFor(other).kid === keyFor(alg).kid ? key : keyFor(other).key, input),
  })),
  ...(['HS256', 'HS384', 'HS512'] as const).flatMap((alg) =>
    [spkiPem, spkiDer, modulus].map((secretOf) => ({
      name: `${alg} with the public key (${secretOf.name}) for a secret`,
      header: set('"alg"', JSON.stringify(alg)),
      signature: (bytes: Buffer, input: Buffer, { key }: Context) =>
        key.kind === 'secret'
          ? bytes
          : createHmac(`sha${alg.slice(2)}`, secretOf(createPublicKey(key.privateKey)))
              .update(input)
              .digest(),
    })),
  ),
  {
    name: 'HS256 with an empty secret',
    header: set('"alg"', '"HS256"'),
    signature: (_bytes, input) => createHmac('sha256', '').update(input).digest(),
  },
];

function spkiPem(key: KeyObject): Buffer {
  return Buffer.from(key.export({ type: 'spki', format: 'pem' }));
}

function spkiDer(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function modulus(key: KeyObject): Buffer {
  const { n, x } = key.export({ format: 'jwk' });
  return Buffer.from(n ?? x ?? '', 'base64url');
}

function turnBit(bytes: Buffer, bit: number): Buffer {
  const turned = Buffer.from(bytes);
  turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
  return turned;
}

export const SIGNATURE_MUTATIONS = [...lengths, ...scalars, ...signers];
