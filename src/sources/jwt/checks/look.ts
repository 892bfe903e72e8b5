/** What the checks of a token look at. */

import type { Algorithm } from '../../../keys/algorithms.ts';
import type { CredentialCheck } from '../../check.ts';
import type { Jws } from '../jws.ts';
import type { Selection } from '../selection.ts';
import type { PreparedSource } from '../source.ts';

/** The token, and the source that its issuer leads to. */
export interface Look {
  readonly jws: Jws;
  readonly source: PreparedSource;
}

/** Before the signature is looked at, with the keys that it would be tried with. */
export interface UnsignedLook extends Look {
  readonly algorithm: Algorithm;
  readonly selection: Selection;
  /** Unix seconds. */
  readonly now: number;
}

export interface SignedLook extends UnsignedLook {
  readonly signatureIsGood: boolean;
}

export type LookCheck = CredentialCheck<Look>;
export type UnsignedCheck = CredentialCheck<UnsignedLook>;
