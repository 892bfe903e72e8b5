/** What was found in a token and what was expected, check by check: for people who ask why. Quotes no signature. */

import type { JsonValue } from '../base/json.ts';
import { shorten } from '../base/text.ts';
import { newBudget } from '../cel/expression.ts';
import { isAlgorithm } from '../keys/algorithms.ts';
import { MAX_CANDIDATES } from '../keys/select.ts';
import { mapClient, unspeltUser } from './identity.ts';
import { selectFor } from './inspect.ts';
import { chooseSource, keyServesIssuer, type SourceIndex } from './issuer.ts';
import { type Jws, parseToken } from './jws.ts';
import type { PreparedSource } from './source.ts';
import type { TokenReason, Verification } from './verification.ts';

interface Look {
  readonly jws: Jws;
  readonly source: PreparedSource;
  readonly now: number;
  /** Why the token was refused; undefined = it was not. */
  readonly reason: TokenReason | undefined;
}

/** In the order of judgement; each with the reasons that end there. */
const CHECKS: readonly {
  readonly reasons: readonly TokenReason[];
  readonly describe: (look: Look) => readonly string[];
}[] = [
  { reasons: [], describe: algorithm },
  { reasons: ['algorithm_not_allowed'], describe: permittedByKey },
  { reasons: ['type_not_allowed'], describe: type },
  { reasons: ['keys_unavailable', 'key_unknown'], describe: key },
  { reasons: ['token_expired', 'token_not_yet_valid', 'token_too_old'], describe: times },
  { reasons: ['signature_invalid'], describe: signature },
  { reasons: ['token_bound'], describe: () => [] },
  { reasons: ['audience_mismatch'], describe: audience },
  { reasons: ['client_not_allowed'], describe: client },
  { reasons: ['claim_rejected', 'groups_overage'], describe: claims },
];

/**
 * The findings up to the check that refused the token, or all of them. It decides nothing: the verdict is given.
 * `now` in Unix seconds.
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
  const named = issuer === undefined ? 'no iss' : `iss ${quoted(issuer)}`;
  if (source === undefined) return [`${named}; the sources here take ${list(issuersOf(sources))}`];
  const reason = verdict.kind === 'refused' ? verdict.reason : undefined;
  const last = CHECKS.findIndex(({ reasons }) => reason !== undefined && reasons.includes(reason));
  const done = last < 0 ? CHECKS : CHECKS.slice(0, last + 1);
  const look = { jws, source, now, reason };
  return [`${named}: source ${source.policy.id}`, ...done.flatMap(({ describe }) => describe(look))];
}

function issuersOf({ list: sources }: SourceIndex): readonly string[] {
  return sources.flatMap(({ policy: { issuers, tenantIssuer } }) => [
    ...issuers,
    ...(tenantIssuer === undefined ? [] : [`${tenantIssuer.prefix}{tenantid}${tenantIssuer.suffix}`]),
  ]);
}

function algorithm({ jws, source: { policy } }: Look): readonly string[] {
  const allowed = policy.algorithms.length > 0 ? list(policy.algorithms) : 'what the key permits';
  const kind = policy.keys.kind === 'hmac' ? 'shared secrets' : 'public keys';
  return [`alg ${quoted(jws.algorithm)}; allowed: ${allowed}, by ${kind}`];
}

function permittedByKey({ jws, source, reason }: Look): readonly string[] {
  if (reason !== 'algorithm_not_allowed' || jws.keyId === undefined) return [];
  return namedKeys(source, jws.keyId).map(
    ({ algorithms }) => `kid ${quoted(jws.keyId)}: this key permits ${algorithms.join(', ')}`,
  );
}

function type({ jws, source: { policy } }: Look): readonly string[] {
  const found = jws.type === undefined ? 'no typ' : `typ ${quoted(jws.type)}`;
  const allowed = policy.tokenTypes.length > 0 ? list(policy.tokenTypes) : 'none, "JWT", "at+jwt", "JOSE"';
  return [`${found}; allowed: ${allowed}`];
}

function key({ jws, source }: Look): readonly string[] {
  const { keys, checkedAt, policy } = source;
  if (keys.kind === 'unavailable') return [keys.problem];
  if (policy.maxStale !== undefined && checkedAt === undefined) return ['The keys were never fetched'];
  const named = jws.keyId === undefined ? [] : namedKeys(source, jws.keyId);
  if (named.length === 0) {
    const found = jws.keyId === undefined ? 'no kid' : `kid ${quoted(jws.keyId)}`;
    const known = keys.keys.map(({ kid }) => (kid === undefined ? 'without kid' : quoted(kid)));
    return [`${found}; keys: ${joined(known)}${tried(selectionOf(source, jws), jws.algorithm)}`];
  }
  return named.map(({ type: kind, curve, thumbprint, issuer }) => {
    const print = thumbprint === undefined ? '' : `, thumbprint ${thumbprint}`;
    const serves = keyServesIssuer(issuer, source, jws.claims);
    const foreign = serves ? '' : `, which says that it is for tokens of ${quoted(issuer)} alone`;
    return `kid ${quoted(jws.keyId)}: ${curve ?? kind} key${print}${foreign}`;
  });
}

function selectionOf(source: PreparedSource, jws: Jws) {
  return isAlgorithm(jws.algorithm) ? selectFor(source, jws.algorithm, jws) : undefined;
}

/** What is done with the keys of which the token names none. */
function tried(selection: ReturnType<typeof selectionOf>, algorithm: string): string {
  switch (selection?.kind) {
    case 'keys':
      return `; tried with ${selection.keys.length} that ${selection.keys.length === 1 ? 'fits' : 'fit'} ${algorithm}`;
    case 'too_many':
      return `; ${selection.fitting} fit ${algorithm}, and no more than ${MAX_CANDIDATES} can be tried`;
    default:
      return '';
  }
}

function namedKeys({ keys }: PreparedSource, kid: string) {
  return keys.kind === 'unavailable' ? [] : keys.keys.filter((candidate) => candidate.kid === kid);
}

function times({ jws: { registered }, source: { policy }, now }: Look): readonly string[] {
  const { expiresAt, notBefore, issuedAt } = registered;
  const found = [
    `exp ${time(expiresAt)}`,
    notBefore === undefined ? '' : `nbf ${time(notBefore)}`,
    `iat ${time(issuedAt)}`,
  ].filter(Boolean);
  const age = policy.maxTokenAge === undefined ? '' : `, maxTokenAge ${policy.maxTokenAge} s`;
  return [`${found.join(', ')}; judged at ${time(now)}, clockSkew ${policy.clockSkew} s${age}`];
}

function signature({ jws, source, reason }: Look): readonly string[] {
  const selection = selectionOf(source, jws);
  const count = selection?.kind === 'keys' ? selection.keys.length : 1;
  if (reason === 'signature_invalid') {
    return [count === 1 ? "The signature is not the key's" : `The signature is of none of the ${count} keys`];
  }
  return [count === 1 ? "The signature is the key's" : `The signature is of one of the ${count} keys`];
}

function audience({ jws, source: { policy } }: Look): readonly string[] {
  const { audience: found } = jws.registered;
  const expected =
    policy.audiences.length > 0 ? `expected one of ${list(policy.audiences)}` : 'none is asked for';
  return [`${found === undefined ? 'no aud' : `aud ${list(found)}`}; ${expected}`];
}

function client({ jws, source }: Look): readonly string[] {
  const { clientIDs } = source.policy;
  if (clientIDs.length === 0) return [];
  const found = mapClient(jws.claims, source);
  return [
    `${found === undefined ? 'no client' : `client ${quoted(found)}`}; expected one of ${list(clientIDs)}`,
  ];
}

function claims({ jws, source }: Look): readonly string[] {
  const required = source.requiredClaims.map(({ read, values }, i) => {
    const name = source.policy.requiredClaims[i]?.claim ?? '';
    const expected = values.length > 0 ? `expected one of ${list(values)}` : 'it must be there';
    return `claim ${name}: ${shown(read(jws.claims))}; ${expected}`;
  });
  const budget = newBudget();
  const expressions = source.expressions.map(({ expression }) => {
    const outcome = expression.evaluate({ claims: jws.claims, header: jws.header }, budget);
    return `${expression.text}: ${outcome.kind === 'error' ? `error, ${outcome.problem}` : outcome.value}`;
  });
  return [...required, ...expressions, ...unspelt({ jws, source })];
}

function unspelt({ jws, source }: Pick<Look, 'jws' | 'source'>): readonly string[] {
  const claim = unspeltUser(jws.claims, source);
  if (claim === undefined) return [];
  return [`claim ${claim} cannot be spelt (past 2^53, an object or a list): the next of mapping.user counts`];
}

/** The longest value that is shown whole, and the most of a list; in characters and items. */
const MAX_SHOWN = 120;
const MAX_LISTED = 8;

export function shown(value: JsonValue | undefined): string {
  if (value === undefined) return 'absent';
  return shorten(JSON.stringify(value), MAX_SHOWN);
}

const quoted = (text: string | undefined): string => shown(text);

export function list(values: readonly string[]): string {
  return joined(values.map(quoted));
}

function joined(values: readonly string[]): string {
  if (values.length === 0) return 'none';
  const rest = values.length > MAX_LISTED ? `, and ${values.length - MAX_LISTED} more` : '';
  return values.slice(0, MAX_LISTED).join(', ') + rest;
}

function time(seconds: number | undefined): string {
  if (seconds === undefined) return 'absent';
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace('.000Z', 'Z');
}
