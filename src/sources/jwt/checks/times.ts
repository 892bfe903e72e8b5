/** token_expired, token_not_yet_valid and token_too_old: the times of a token against the clock. All in Unix seconds. */

import { shownTime } from '../../shown.ts';
import type { CredentialProblem } from '../../verification.ts';
import type { RegisteredClaims } from '../jws.ts';
import type { JwtPolicy } from '../policy.ts';
import type { UnsignedCheck } from './look.ts';

/**
 * The first of the time reasons that applies. A token expires in the very second that `exp` names
 * (RFC 7519 section 4.1.4). Missing claims are not judged here: whether they may be missing is a claim rule.
 */
export function timeProblem(
  times: Pick<RegisteredClaims, 'expiresAt' | 'notBefore' | 'issuedAt'>,
  policy: Pick<JwtPolicy, 'clockSkew' | 'maxTokenAge'>,
  now: number,
): CredentialProblem | undefined {
  const { expiresAt, notBefore, issuedAt } = times;
  const { clockSkew, maxTokenAge } = policy;
  if (expiresAt !== undefined && now >= expiresAt + clockSkew) {
    return { reason: 'token_expired', detail: 'The token has expired.' };
  }
  if (notBefore !== undefined && notBefore > now + clockSkew) {
    return { reason: 'token_not_yet_valid', detail: 'The token is not valid yet.' };
  }
  if (maxTokenAge !== undefined && issuedAt !== undefined) {
    if (issuedAt > now + clockSkew) {
      return { reason: 'token_not_yet_valid', detail: 'The token was issued in the future.' };
    }
    if (now - issuedAt > maxTokenAge + clockSkew) {
      return { reason: 'token_too_old', detail: 'The token was issued too long ago.' };
    }
  }
  return undefined;
}

export const TIMES: UnsignedCheck = {
  problem: ({ jws, source, now }) => timeProblem(jws.registered, source.policy, now),
  findings({ jws: { registered }, source: { policy }, now }) {
    const { expiresAt, notBefore, issuedAt } = registered;
    const found = [
      `exp ${shownTime(expiresAt)}`,
      notBefore === undefined ? '' : `nbf ${shownTime(notBefore)}`,
      `iat ${shownTime(issuedAt)}`,
    ].filter(Boolean);
    const age = policy.maxTokenAge === undefined ? '' : `, maxTokenAge ${policy.maxTokenAge} s`;
    return [`${found.join(', ')}; judged at ${shownTime(now)}, clockSkew ${policy.clockSkew} s${age}`];
  },
};
