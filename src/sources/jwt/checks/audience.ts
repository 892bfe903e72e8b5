/** audience_mismatch: the token's `aud`. */

import { shownList } from '../../shown.ts';
import { audienceMismatch } from '../mismatch.ts';
import type { LookCheck, TokenLook } from './look.ts';
import { plainType } from './type.ts';

/** RFC 9068 section 2.2 demands an `aud` of its access tokens, whether it is asked for here or not. */
const lacksDemanded = ({ jws: { type, registered } }: TokenLook): boolean =>
  type !== undefined &&
  plainType(type) === 'at+jwt' &&
  (registered.audience === undefined || registered.audience.every((value) => value === ''));

/** A token without `aud` passes only where its client is asked for instead, which is looked at next. */
function fits({ jws, source: { policy, audiences, isForResource } }: TokenLook): boolean {
  const { audience } = jws.registered;
  if (isForResource) return audience?.some((value) => namesResource(value, audiences)) ?? false;
  if (audiences.length === 0) return true;
  if (audience === undefined) return policy.clientIDs.length > 0;
  return audience.some((value) => audiences.includes(value));
}

/**
 * Scheme and host of a web address mean the same in any case (RFC 3986 section 6.2.2.1), and issuers write what clients do.
 * What is none, as `api://…`, is a provider's own name, and means what it does letter by letter.
 */
const namesResource = (value: string, audiences: readonly string[]): boolean =>
  audiences.includes(value) || audiences.includes(value.replace(ORIGIN, (origin) => origin.toLowerCase()));

/** With nothing behind it but a path. */
const ORIGIN = /^[Hh][Tt][Tt][Pp][Ss]?:\/\/[A-Za-z0-9.:[\]_-]*(?=\/|$)/;

export const AUDIENCE: LookCheck = {
  problem: (look) =>
    fits(look) && !lacksDemanded(look)
      ? undefined
      : {
          reason: 'audience_mismatch',
          detail: "The token's audience is none of those expected here.",
          mismatch: audienceMismatch(look.jws.registered.audience, look.jws.claims, look.source),
        },
  findings(look) {
    const { audience: found } = look.jws.registered;
    return [`${found === undefined ? 'no aud' : `aud ${shownList(found)}`}; ${expected(look)}`];
  },
};

function expected(look: TokenLook): string {
  const { audiences, isForResource, policy } = look.source;
  if (lacksDemanded(look)) return 'a token of typ "at+jwt" must name one (RFC 9068)';
  if (audiences.length === 0) return 'none is asked for';
  const isOptional =
    !isForResource && look.jws.registered.audience === undefined && policy.clientIDs.length > 0;
  return `expected one of ${shownList(audiences)}${isOptional ? ', or none and one of the clients' : ''}`;
}
