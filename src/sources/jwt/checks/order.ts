/** The checks of a token in their order, which is that of TOKEN_REASONS. A new check is a line here. */

import type { CredentialCheck } from '../../check.ts';
import { KEY_PERMITS } from './algorithm.ts';
import { AUDIENCE } from './audience.ts';
import { CLIENT, EXPRESSIONS, GROUPS_LISTED, REQUIRED_CLAIMS, TIMES_PRESENT, UNBOUND } from './claims.ts';
import { KEY_KNOWN, KEYS_AVAILABLE } from './keys.ts';
import type { TokenLook, UnsignedLook } from './look.ts';
import { TIMES } from './times.ts';
import { TYPE } from './type.ts';

/** What speaks against a token before its signature is looked at, once ALGORITHM has let it pass. */
export const BEFORE_SIGNATURE: readonly CredentialCheck<UnsignedLook>[] = [
  KEY_PERMITS,
  TYPE,
  KEYS_AVAILABLE,
  KEY_KNOWN,
  TIMES,
];

/** Judged only once the signature is good. */
export const AFTER_SIGNATURE: readonly CredentialCheck<TokenLook>[] = [
  UNBOUND,
  AUDIENCE,
  CLIENT,
  TIMES_PRESENT,
  REQUIRED_CLAIMS,
  EXPRESSIONS,
  GROUPS_LISTED,
];
