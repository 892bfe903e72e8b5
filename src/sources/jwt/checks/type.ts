/** type_not_allowed: the token's `typ`. */

import { shown, shownList } from '../../shown.ts';
import type { PreparedSource } from '../source.ts';
import type { LookCheck } from './look.ts';

/** How `tokenTypes` spells a token without `typ`. */
const ABSENT = '';

/** What `typ` may be where a source does not say: absent, JWT, RFC 9068's at+jwt, or JOSE, as SPIFFE has it. */
const DEFAULT_TYPES = ['jwt', 'at+jwt', 'jose'];

/** `typ` is compared without case and without `application/` (RFC 7515 section 4.1.9). */
export function plainType(type: string): string {
  const lower = type.toLowerCase();
  return lower.startsWith('application/') ? lower.slice('application/'.length) : lower;
}

function allows({ policy: { tokenTypes } }: PreparedSource, type: string | undefined): boolean {
  if (type === undefined) return tokenTypes.length === 0 || tokenTypes.includes(ABSENT);
  const plain = plainType(type);
  return tokenTypes.length === 0
    ? DEFAULT_TYPES.includes(plain)
    : tokenTypes.some((allowed) => plainType(allowed) === plain);
}

export const TYPE: LookCheck = {
  problem: ({ jws, source }) =>
    allows(source, jws.type)
      ? undefined
      : { reason: 'type_not_allowed', detail: "The token's type (typ) is not allowed for its issuer." },
  findings({ jws, source: { policy } }) {
    const found = jws.type === undefined ? 'no typ' : `typ ${shown(jws.type)}`;
    const allowed =
      policy.tokenTypes.length > 0 ? shownList(policy.tokenTypes) : 'none, "JWT", "at+jwt", "JOSE"';
    return [`${found}; allowed: ${allowed}`];
  },
};
