/** What the checks of a token look at. */

import type { Algorithm } from '../../../keys/algorithms.ts';
import type { KeySelection } from '../../../keys/select.ts';
import type { CredentialCheck } from '../../check.ts';
import type { Jws } from '../jws.ts';
import type { PreparedSource } from '../source.ts';

export type SourceKeySelection = KeySelection | { readonly kind: 'unavailable' };

/** The token, and the source that its issuer leads to. */
export interface TokenLook {
  readonly jws: Jws;
  readonly source: PreparedSource;
}

/** With the keys that the signature is tried with. */
export interface UnsignedLook extends TokenLook {
  readonly algorithm: Algorithm;
  readonly selection: SourceKeySelection;
  /** Unix seconds. */
  readonly now: number;
}

export interface SignedLook extends UnsignedLook {
  readonly signatureIsGood: boolean;
}

export type LookCheck = CredentialCheck<TokenLook>;
export type UnsignedCheck = CredentialCheck<UnsignedLook>;
