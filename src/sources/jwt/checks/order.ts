/** The checks of a token in their order, which is that of TOKEN_REASONS. A new check is a line here. */

import type { CredentialCheck } from '../../check.ts';
import { KEY_PERMITS } from './algorithm.ts';
import { AUDIENCE } from './audience.ts';
import { CLIENT, EXPRESSIONS, GROUPS_LISTED, REQUIRED_CLAIMS, TIMES_PRESENT, UNBOUND } from './claims.ts';
import { KEY_KNOWN, KEYS_AVAILABLE } from './keys.ts';
import type { SignedLook, TokenLook, UnsignedLook } from './look.ts';
import { SIGNATURE } from './signature.ts';
import { TIMES } from './times.ts';
import { TYPE } from './type.ts';

/** The checks between ALGORITHM, which is the first of all, and the signature. */
export const BEFORE_SIGNATURE: readonly CredentialCheck<UnsignedLook>[] = [
  KEY_PERMITS,
  TYPE,
  KEYS_AVAILABLE,
  KEY_KNOWN,
  TIMES,
];

/** The checks of a token whose signature is good. */
export const AFTER_SIGNATURE: readonly CredentialCheck<TokenLook>[] = [
  UNBOUND,
  AUDIENCE,
  CLIENT,
  TIMES_PRESENT,
  REQUIRED_CLAIMS,
  EXPRESSIONS,
  GROUPS_LISTED,
];

/** All checks that follow ALGORITHM, for a reader who wants to see each of them. */
export const AFTER_ALGORITHM: readonly CredentialCheck<SignedLook>[] = [
  ...BEFORE_SIGNATURE,
  SIGNATURE,
  ...AFTER_SIGNATURE,
];
