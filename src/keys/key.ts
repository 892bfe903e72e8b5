/** The type of a key that verifies signatures, from every format. */

import type { KeyObject } from 'node:crypto';
import { ALGORITHM_NAMES, ALGORITHMS, type Algorithm, type Curve, type KeyType } from './algorithms.ts';

export interface VerificationKey {
  readonly kid: string | undefined;
  readonly type: KeyType;
  /** Undefined for RSA and HMAC keys. */
  readonly curve: Curve | undefined;
  /** Never empty: what type, curve and strength permit, narrowed by the key's own `alg`. */
  readonly algorithms: readonly Algorithm[];
  readonly keyObject: KeyObject;
  /** The modulus's length for RSA, else undefined: the algorithm knows. In bytes. */
  readonly modulusLength: number | undefined;
  /** The key's own member of this name (Entra ID has it): the only issuer whose tokens the key may verify. */
  readonly issuer: string | undefined;
  /** RFC 7638, SHA-256, base64url. Undefined for HMAC: a secret's digest must not be logged. */
  readonly thumbprint: string | undefined;
}

/** The algorithms that a public key of this type, and curve if it has one, can verify. */
export function algorithmsFor(type: KeyType, curve: Curve | undefined): readonly Algorithm[] {
  return ALGORITHM_NAMES.filter((name) => {
    const entry = ALGORITHMS[name];
    return entry.keyType === type && ('curve' in entry ? entry.curve : undefined) === curve;
  });
}
