/** A token of which only the signature, and the claims that it signs, are still to be checked. */

import type { Algorithm } from '../../keys/algorithms.ts';
import type { VerificationKey } from '../../keys/key.ts';
import { isSignatureValid, isSlow, verifyAsync } from '../../keys/verify.ts';
import { firstProblem } from '../check.ts';
import type { Conclusion, Job } from '../kind.ts';
import { AFTER_SIGNATURE } from './checks/order.ts';
import { SIGNATURE_INVALID } from './checks/signature.ts';
import { mapClient, mapIdentity, unspeltUser } from './identity.ts';
import type { Jws } from './jws.ts';
import { lastingClaims } from './recheck.ts';
import type { PreparedSource } from './source.ts';

/** A class, because one is made for every token that is new: closures would be made with each. */
export class JwtJob implements Job {
  readonly source: PreparedSource;
  readonly jws: Jws;
  readonly algorithm: Algorithm;
  /** 1 to 4 keys; any one of them suffices. */
  readonly keys: readonly VerificationKey[];
  readonly isSlow: boolean;
  readonly isKeyUnknown: boolean;

  /** @param isKeyUnknown the token's kid is none of a fetched set's. */
  constructor(
    source: PreparedSource,
    jws: Jws,
    algorithm: Algorithm,
    keys: readonly VerificationKey[],
    isKeyUnknown: boolean,
  ) {
    this.source = source;
    this.jws = jws;
    this.algorithm = algorithm;
    this.keys = keys;
    this.isSlow = keys.some(isSlow);
    this.isKeyUnknown = isKeyUnknown;
  }

  /** True if one of the keys made the signature. */
  checkSignature(): boolean {
    const { algorithm, keys, jws } = this;
    return keys.some((key) => isSignatureValid(algorithm, key, jws.signingInput, jws.signature));
  }

  /** One key after the other. */
  async checkSignatureAsync(): Promise<boolean> {
    const { algorithm, keys, jws } = this;
    for (const key of keys) {
      if (await verifyAsync(algorithm, key, jws.signingInput, jws.signature)) return true;
    }
    return false;
  }

  /** Depends on token and source alone. */
  conclude(signatureIsGood: boolean): Conclusion {
    const { source, jws } = this;
    if (!signatureIsGood) return { kind: 'refused', ...SIGNATURE_INVALID, source: source.id };
    const problem = firstProblem(AFTER_SIGNATURE, { jws, source });
    if (problem !== undefined) {
      return { kind: 'refused', ...problem, source: source.id, client: mapClient(jws.claims, source) };
    }
    return {
      kind: 'verified',
      identity: mapIdentity(jws, source),
      lasting: lastingClaims(jws.claims),
      unspeltUser: unspeltUser(jws.claims, source),
    };
  }
}
