/** The status of an AuthenticationSource, from facts. */

import { formatDuration } from '../base/durations.ts';
import { parseId } from '../base/object-id.ts';
import { ISSUER_ERRORS } from '../issuers/errors.ts';
import type { IssuerState } from '../issuers/issuer.ts';
import { describeLeftOut } from '../issuers/left-out.ts';
import { isStalled } from '../planning/outcome.ts';
import type { SourceOutcome } from '../planning/source-table.ts';
import type { AuthenticationSourceKey, AuthenticationSourceStatus } from '../resources/types.gen.ts';
import { type ConditionNow, readyFrom, sentence, stalledFrom, withTimes } from './conditions.ts';
import type { SOURCE_CONDITIONS, SourceCondition } from './reasons.ts';
import { count, time } from './texts.ts';

export interface SourceFacts {
  /** namespace/name. */
  readonly id: string;
  readonly generation: number;
  readonly outcome: SourceOutcome;
  /** Undefined where keys are not fetched, or before anything is known of them. */
  readonly issuer: IssuerState | undefined;
  /** Bindings that it permits and that use it, namespace/name. */
  readonly users: readonly string[];
  /** As it stands in the API server. */
  readonly before: AuthenticationSourceStatus | undefined;
  /** Unix seconds. */
  readonly now: number;
}

const MOST_KEYS = 32;
const MOST_BINDINGS = 64;

type SourceFinding = {
  readonly [T in SourceCondition]: ConditionNow<T> & {
    readonly reason: keyof (typeof SOURCE_CONDITIONS)[T]['reasons'];
  };
}[SourceCondition];

export function sourceStatus(facts: SourceFacts): AuthenticationSourceStatus {
  const { generation, outcome, issuer, users, before, now } = facts;
  const keys = shownKeys(outcome);
  const shown = keys.slice(0, MOST_KEYS);
  const bindings = users.toSorted();
  const jwksURI = jwksAddress(outcome, issuer);
  const changed = keysChanged(facts, keys);
  return {
    observedGeneration: generation,
    ...(outcome.effective !== undefined && { effective: outcome.effective }),
    ...(jwksURI !== undefined && { jwksURI }),
    keys: shown,
    keyCount: keys.length,
    ...leftOutOf(facts),
    ...(changed !== undefined && { keysChangedTime: changed }),
    ...(issuer?.error !== undefined && outcome.plan !== undefined && { issuerError: { ...issuer.error } }),
    bindings: bindings.slice(0, MOST_BINDINGS).map(parseId),
    bindingCount: bindings.length,
    conditions: withTimes(conditionsOf(facts, keys.length), before?.conditions, generation, time(now)),
  };
}

function leftOutOf({
  outcome,
  issuer,
}: SourceFacts): Pick<AuthenticationSourceStatus, 'keysLeftOut' | 'keysLeftOutCount'> {
  const { leftOut } = issuer ?? {};
  if (leftOut === undefined || outcome.plan === undefined) return {};
  const keysLeftOut = leftOut.keys.map(({ index, kid, problem }) => ({
    index,
    ...(kid !== undefined && { kid }),
    problem: problem.slice(0, 256),
  }));
  return { keysLeftOut, keysLeftOutCount: leftOut.count };
}

function conditionsOf(facts: SourceFacts, keyCount: number): readonly ConditionNow[] {
  const { id, outcome } = facts;
  const { acceptance } = outcome;
  const refused = acceptance.kind === 'refused' ? acceptance : undefined;
  const accepted: ConditionNow =
    refused === undefined
      ? {
          type: 'Accepted',
          status: 'True',
          reason: 'Accepted',
          message: `AuthenticationSource ${id} can be used.`,
        }
      : {
          type: 'Accepted',
          status: 'False',
          reason: refused.reason,
          message: `AuthenticationSource ${id}: ${sentence(refused.message)}`,
        };
  const parts = [accepted, keysAvailable(facts, keyCount)];
  return [
    readyFrom(parts, `AuthenticationSource ${id} verifies tokens with ${count(keyCount, 'key')}.`),
    ...parts,
    ...stalledFrom(refused !== undefined && isStalled(refused.reason), accepted.message),
  ];
}

/** The times in it stand still as long as nothing changes, or the status would be written for nothing. */
function keysAvailable({ id, outcome, issuer, now }: SourceFacts, keyCount: number): SourceFinding {
  const type = 'KeysAvailable';
  const name = `AuthenticationSource ${id}`;
  if (outcome.acceptance.kind === 'refused') {
    const message = `${name} uses no keys, because it is not accepted.`;
    return { type, status: 'False', reason: 'NotAccepted', message };
  }
  const { plan } = outcome;
  if (plan === undefined) {
    const message = `${name} has ${count(keyCount, 'key')} of its own.`;
    return { type, status: 'True', reason: 'KeysAvailable', message };
  }
  const error = issuer?.error;
  const failure = error === undefined ? undefined : `the last fetch failed: ${error.message}`;
  const reason = error === undefined ? undefined : ISSUER_ERRORS[error.code];
  if (issuer?.keys === undefined || issuer.checkedAt === undefined) {
    if (reason === undefined || failure === undefined) {
      return {
        type,
        status: 'Unknown',
        reason: 'Pending',
        message: `The keys of ${name} are being fetched.`,
      };
    }
    return { type, status: 'False', reason, message: sentence(`${name} has no keys; ${failure}`) };
  }
  const end = issuer.checkedAt + plan.maxStale;
  if (now >= end) {
    const since = `the keys of ${name} are older than maxStale (${formatDuration(plan.maxStale)})`;
    return {
      type,
      status: 'False',
      reason: reason ?? 'KeysStale',
      message: sentence(`${since}; ${failure ?? 'see that the operator can reach the provider'}`),
    };
  }
  if (reason !== undefined && failure !== undefined) {
    const verb = keyCount === 1 ? 'serves' : 'serve';
    const message = sentence(`${count(keyCount, 'key')} of ${name} ${verb} until ${time(end)}; ${failure}`);
    return { type, status: 'True', reason, message };
  }
  const { leftOut } = issuer;
  const missing =
    leftOut === undefined
      ? ''
      : `; ${count(leftOut.count, 'key')} of its set ${leftOut.count === 1 ? 'is' : 'are'} left out: ${describeLeftOut(leftOut)}`;
  const message = sentence(`${name} has ${count(keyCount, 'key')}${missing}`);
  return { type, status: 'True', reason: 'KeysAvailable', message };
}

/** In one order, for providers give theirs in another from one answer to the next. */
function shownKeys({ policy }: SourceOutcome): readonly AuthenticationSourceKey[] {
  switch (policy?.keys?.kind) {
    case undefined:
    case 'unavailable':
      return [];
    case 'hmac':
      return inOrder(policy.keys.keys.map(({ kid }) => ({ ...kidOf(kid), type: 'oct' })));
    case 'public':
      return inOrder(
        policy.keys.keys.map(({ kid, kty, alg }) => ({
          ...kidOf(kid),
          type: kty,
          ...(alg !== undefined && { algorithm: alg.slice(0, 32) }),
        })),
      );
  }
}

/** A provider may give any; the schema takes so many characters. */
const kidOf = (kid: string | undefined) => (kid === undefined ? {} : { kid: kid.slice(0, 1024) });

function inOrder(keys: readonly AuthenticationSourceKey[]): readonly AuthenticationSourceKey[] {
  return keys
    .map((key) => ({ key, text: JSON.stringify([key.kid ?? '', key.type, key.algorithm]) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ key }) => key);
}

function jwksAddress({ plan }: SourceOutcome, issuer: IssuerState | undefined): string | undefined {
  if (plan === undefined) return undefined;
  return plan.location.kind === 'jwks' ? plan.location.url : issuer?.jwksURI;
}

/** Keys that are not fetched have no time of their own: it is when this status first showed them. */
function keysChanged(
  { outcome, issuer, before, now }: SourceFacts,
  keys: readonly AuthenticationSourceKey[],
): string | undefined {
  if (outcome.plan !== undefined) return issuer?.changedAt === undefined ? undefined : time(issuer.changedAt);
  if (keys.length === 0) return undefined;
  const isSame =
    before?.keyCount === keys.length &&
    JSON.stringify(inOrder(before.keys ?? [])) === JSON.stringify(keys.slice(0, MOST_KEYS));
  return isSame && before.keysChangedTime !== undefined ? before.keysChangedTime : time(now);
}
