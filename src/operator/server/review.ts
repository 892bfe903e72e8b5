/**
 * Whose token it is: asked of the API server by a TokenReview, for which it takes a right in the whole cluster; or, with
 * --watch-namespaces, found out by the keys that the API server publishes, which every service account may read.
 */

import { readAccountIssuer } from '../../kubernetes/account-issuer.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { type Outcome, ok } from '../../kubernetes/errors.ts';
import { reviewToken, type TokenVerdict } from '../../kubernetes/reviews.ts';
import type { Time } from '../../kubernetes/time.ts';
import { type Inspection, inspect } from '../../token/inspect.ts';
import type { TokenReason } from '../../token/verification.ts';
import { conclude, verifyJobAsync } from '../../token/verify.ts';
import { type AccountKeys, createAccountKeys } from './account-keys.ts';
import { accountSource, boundTo } from './bound-token.ts';
import { AUDIENCE } from './caller.ts';

export interface ReviewParts {
  readonly client: Pick<KubernetesClient, 'review' | 'read'>;
  /** Undefined = the whole cluster. */
  readonly watched: readonly string[] | undefined;
  readonly time: Pick<Time, 'now' | 'monotonic'>;
}

/** Never rejects but for a bug. */
export type Review = (token: string) => Promise<Outcome<TokenVerdict>>;

/** Less than a validator waits for its answer; in milliseconds. */
const LIMIT = { timeoutMilliseconds: 5000 };

export function createReview({ client, watched, time }: ReviewParts): Review {
  if (watched === undefined) return (token) => reviewToken(client, token, [AUDIENCE], LIMIT);
  const keys = createAccountKeys({
    time,
    async read() {
      const issuer = await readAccountIssuer(client, LIMIT);
      return issuer.kind === 'ok' ? accountSource(issuer.value) : issuer;
    },
  });
  return reviewByKeys(keys, new Set(watched), () => time.now() / 1000);
}

/** What may be otherwise with what the API server publishes now. */
const MAY_BE_NEWS: readonly TokenReason[] = ['issuer_unknown', 'algorithm_not_allowed', 'key_unknown'];

/** `now` in Unix seconds. */
export function reviewByKeys(keys: AccountKeys, watched: ReadonlySet<string>, now: () => number): Review {
  const inspectWell = async (token: string): Promise<Outcome<Inspection>> => {
    const known = await keys.current();
    if (known.kind === 'failed') return known;
    const inspection = inspect(token, known.value, now());
    if (inspection.kind === 'verify' || !MAY_BE_NEWS.includes(inspection.refusal.reason))
      return ok(inspection);
    const newer = await keys.newerThan(known.value);
    if (newer === undefined) return ok(inspection);
    return newer.kind === 'ok' ? ok(inspect(token, newer.value, now())) : newer;
  };

  return async (token) => {
    const inspected = await inspectWell(token);
    if (inspected.kind === 'failed') return inspected;
    const inspection = inspected.value;
    if (inspection.kind === 'refused') return ok({ kind: 'unknown' });
    const verification = conclude(inspection.job, await verifyJobAsync(inspection.job));
    return ok(
      verification.kind === 'verified' ? boundTo(verification.identity.claims, watched) : { kind: 'unknown' },
    );
  };
}
