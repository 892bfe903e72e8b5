/** Explains check by check what was found in a token and what was expected. Quotes no signature. */

import { explainChecks } from '../check.ts';
import { shown, shownList } from '../shown.ts';
import type { Verification } from '../verification.ts';
import { ALGORITHM, allowedAlgorithm } from './checks/algorithm.ts';
import { selectFor } from './checks/keys.ts';
import type { TokenLook } from './checks/look.ts';
import { AFTER_ALGORITHM } from './checks/order.ts';
import { unspeltUser } from './identity.ts';
import { chooseSource, knownIssuers, type SourceIndex } from './issuer.ts';
import { parseToken } from './jws.ts';

/**
 * Returns the findings up to the check that refuses the token, or all of them. The verdict says whether the signature is
 * good. `now` in Unix seconds.
 */
export function describeToken(
  token: string,
  sources: SourceIndex,
  now: number,
  verdict: Verification,
): readonly string[] {
  const parsed = parseToken(token);
  if (parsed.kind !== 'jws') return [];
  const { jws } = parsed;
  const { issuer } = jws.registered;
  const source = chooseSource(sources, issuer, jws.claims);
  const named = issuer === undefined ? 'no iss' : `iss ${shown(issuer)}`;
  if (source === undefined) return [`${named}; the sources here take ${shownList(knownIssuers(sources))}`];
  const signatureIsGood = verdict.kind !== 'refused' || verdict.reason !== 'signature_invalid';
  return [`${named}: source ${source.policy.id}`, ...findingsOf({ jws, source }, now, signatureIsGood)];
}

function findingsOf(look: TokenLook, now: number, signatureIsGood: boolean): readonly string[] {
  const { jws, source } = look;
  const header = explainChecks([ALGORITHM], look);
  const algorithm = allowedAlgorithm(look);
  if (algorithm === undefined) return header.findings;
  const selection = selectFor(source, algorithm, jws);
  const unsigned = { ...look, algorithm, selection, now };
  const { findings, problem } = explainChecks(AFTER_ALGORITHM, { ...unsigned, signatureIsGood });
  return [...header.findings, ...findings, ...(problem === undefined ? unspelt(look) : [])];
}

function unspelt({ jws, source }: TokenLook): readonly string[] {
  const claim = unspeltUser(jws.claims, source);
  if (claim === undefined) return [];
  return [`claim ${claim} cannot be spelt (past 2^53, an object or a list): the next of mapping.user counts`];
}
