/** The one table of signature algorithms (RFC 7518 section 3, RFC 8037, RFC 8812, RFC 9864). */

export type KeyType = 'RSA' | 'EC' | 'OKP' | 'oct';

/** Curves by their JWK names; each belongs to exactly one algorithm, whichever way that is spelled. */
export type Curve = 'P-256' | 'P-384' | 'P-521' | 'secp256k1' | 'Ed25519';

export type Hash = 'sha256' | 'sha384' | 'sha512';

/** How a signature by one algorithm is made, and by which keys. Lengths are in bytes. */
export type AlgorithmEntry =
  /** The signature is as long as the modulus. */
  | { readonly family: 'RSASSA-PKCS1-v1_5'; readonly keyType: 'RSA'; readonly hash: Hash }
  /** RFC 7518 section 3.5: the salt is as long as the hash, and MGF1 uses the same hash. */
  | {
      readonly family: 'RSASSA-PSS';
      readonly keyType: 'RSA';
      readonly hash: Hash;
      readonly saltLength: number;
    }
  /** The signature is r and s side by side (IEEE P1363), never DER. */
  | {
      readonly family: 'ECDSA';
      readonly keyType: 'EC';
      readonly hash: Hash;
      readonly curve: Curve;
      readonly signatureLength: number;
    }
  | {
      readonly family: 'EdDSA';
      readonly keyType: 'OKP';
      readonly curve: Curve;
      readonly signatureLength: number;
    }
  /** RFC 7518 section 3.2: the secret is at least as long as the hash, which is the signature's length. */
  | {
      readonly family: 'HMAC';
      readonly keyType: 'oct';
      readonly hash: Hash;
      readonly signatureLength: number;
    };

const pkcs1 = (hash: Hash) => ({ family: 'RSASSA-PKCS1-v1_5', keyType: 'RSA', hash }) as const;
const pss = (hash: Hash, saltLength: number) =>
  ({ family: 'RSASSA-PSS', keyType: 'RSA', hash, saltLength }) as const;
const ecdsa = (hash: Hash, curve: Curve, signatureLength: number) =>
  ({ family: 'ECDSA', keyType: 'EC', hash, curve, signatureLength }) as const;
const hmac = (hash: Hash, signatureLength: number) =>
  ({ family: 'HMAC', keyType: 'oct', hash, signatureLength }) as const;
const ed25519 = { family: 'EdDSA', keyType: 'OKP', curve: 'Ed25519', signatureLength: 64 } as const;

const TABLE = {
  RS256: pkcs1('sha256'),
  RS384: pkcs1('sha384'),
  RS512: pkcs1('sha512'),
  PS256: pss('sha256', 32),
  PS384: pss('sha384', 48),
  PS512: pss('sha512', 64),
  ES256: ecdsa('sha256', 'P-256', 64),
  ES384: ecdsa('sha384', 'P-384', 96),
  ES512: ecdsa('sha512', 'P-521', 132),
  ES256K: ecdsa('sha256', 'secp256k1', 64),
  HS256: hmac('sha256', 32),
  HS384: hmac('sha384', 48),
  HS512: hmac('sha512', 64),
  EdDSA: ed25519,
  // RFC 9864's name for the only EdDSA variant that is taken here.
  Ed25519: ed25519,
} as const;

export type Algorithm = keyof typeof TABLE;

/** An algorithm under the one name that lists are compared by. */
export type CanonicalAlgorithm = Exclude<Algorithm, 'Ed25519'>;

export const ALGORITHMS: Readonly<Record<Algorithm, AlgorithmEntry>> = TABLE;

export const ALGORITHM_NAMES = Object.keys(TABLE).filter(isAlgorithm);

/** True for the names in the table, in exactly their spelling. */
export function isAlgorithm(name: unknown): name is Algorithm {
  return typeof name === 'string' && Object.hasOwn(TABLE, name);
}

/** `Ed25519` and `EdDSA` are two spellings of one algorithm; every other name is its own. */
export function canonicalAlgorithm(algorithm: Algorithm): CanonicalAlgorithm {
  return algorithm === 'Ed25519' ? 'EdDSA' : algorithm;
}
