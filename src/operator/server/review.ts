/**
 * Whose token it is. The keys that the API server publishes, which every service account may read, refuse a forged one
 * here; one that they have signed is asked of the API server by a TokenReview, for which it takes a right in the whole
 * cluster. With --watch-namespaces the keys say all there is to say.
 */

import type { Clock } from '../../base/clock.ts';
import { readAccountIssuer } from '../../kubernetes/account-issuer.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { type Outcome, ok } from '../../kubernetes/errors.ts';
import { reviewToken, type TokenVerdict } from '../../kubernetes/token-review.ts';
import { inspect, type JwtInspection } from '../../sources/jwt/inspect.ts';
import type { TokenReason } from '../../sources/jwt/reasons.ts';
import type { Conclusion } from '../../sources/kind.ts';
import { type AccountKeys, createAccountKeys } from './account-keys.ts';
import { type AccountSource, accountSource, boundTo } from './bound-token.ts';
import { CONTROL_PLANE_AUDIENCE } from './caller.ts';
import { createTurns, type TurnLimits } from './lanes.ts';

export interface ReviewParts {
  readonly client: Pick<KubernetesClient, 'review' | 'read'>;
  /** Undefined = the whole cluster. */
  readonly watched: readonly string[] | undefined;
  readonly clock: Pick<Clock, 'seconds' | 'monotonic'>;
}

/** Neither rejects but for a bug. */
export interface TokenReviewer {
  /** By the published keys, for a caller at this address. `ask`: only the API server can say. */
  prove(token: string, address: string): Promise<Outcome<TokenVerdict> | 'ask' | 'busy'>;
  /** By the API server. */
  review(token: string): Promise<Outcome<TokenVerdict>>;
}

/** Less than a validator waits for its answer; in milliseconds. */
const LIMIT = { timeoutMilliseconds: 5000 };

/**
 * Verifications at one time, on the threads that the whole process shares: an expensive algorithm takes some milliseconds of
 * one. Addresses take turns.
 */
const VERIFYING: TurnLimits = { concurrency: 2, perGroup: 2, waiting: 4096, perLane: 2048 };

export function createReview({ client, watched, clock }: ReviewParts): TokenReviewer {
  const keys = createAccountKeys({
    clock,
    async read() {
      const issuer = await readAccountIssuer(client, LIMIT);
      return issuer.kind === 'ok' ? accountSource(issuer.value, watched === undefined) : issuer;
    },
  });
  const verify = createVerifier(keys, clock.seconds);
  return {
    async prove(token, address) {
      const verified = await verify(token, address);
      if (verified === 'busy') return 'busy';
      if (verified.kind === 'failed') return watched === undefined ? 'ask' : verified;
      if (verified.value.kind !== 'verified') return ok({ kind: 'unknown' });
      if (watched === undefined) return 'ask';
      return ok(boundTo(verified.value.identity.claims, new Set(watched)));
    },
    review: (token) => reviewToken(client, token, [CONTROL_PLANE_AUDIENCE], LIMIT),
  };
}

/** What may be otherwise with what the API server publishes now. */
const MAY_BE_NEWS: readonly TokenReason[] = ['issuer_unknown', 'algorithm_not_allowed', 'key_unknown'];

type Verify = (token: string, address: string) => Promise<Outcome<Conclusion> | 'busy'>;

/** Fails where the keys cannot be read. `now` in Unix seconds. */
function createVerifier(keys: AccountKeys, now: () => number): Verify {
  const turns = createTurns(VERIFYING);

  const inspectWell = async (token: string): Promise<Outcome<JwtInspection>> => {
    const known = await keys.current();
    if (known.kind === 'failed') return known;
    const first = look(token, known.value);
    if (first.kind === 'verify' || !MAY_BE_NEWS.includes(first.refusal.reason)) return ok(first);
    const newer = await keys.newerThan(known.value);
    if (newer === undefined) return ok(first);
    return newer.kind === 'ok' ? ok(look(token, newer.value)) : newer;
  };
  const look = (token: string, source: AccountSource): JwtInspection => inspect(token, source, now());

  return async (token, address) => {
    const inspected = await inspectWell(token);
    if (inspected.kind === 'failed') return inspected;
    const inspection = inspected.value;
    if (inspection.kind === 'refused') return ok(inspection.refusal);
    const end = await turns.take(address, address);
    if (end === undefined) return 'busy';
    try {
      return ok(inspection.job.conclude(await inspection.job.checkSignatureAsync()));
    } finally {
      end();
    }
  };
}
