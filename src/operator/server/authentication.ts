/** Finds out whose token it is, once in five minutes: by the published keys first, then by a TokenReview. */

import type { Clock } from '../../base/clock.ts';
import { keepNewest } from '../../base/newest.ts';
import { createSingleFlight } from '../../base/single-flight.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import type { TokenVerdict } from '../../kubernetes/token-review.ts';
import type { Bearer } from './caller.ts';
import { type CallerIdentity, identify } from './caller.ts';
import { createTurns, type TurnLimits } from './lanes.ts';
import type { TokenReviewer } from './review.ts';

export type Verdict =
  | CallerIdentity
  /** It cannot be found out now. */
  | { readonly kind: 'unavailable'; readonly problem: string };

export type ReviewResult = 'pod' | 'stranger' | 'failed';

export interface AuthenticationParts {
  readonly judge: TokenReviewer;
  readonly clock: Pick<Clock, 'seconds' | 'monotonic'>;
  readonly random: () => number;
  readonly onReview: (result: ReviewResult, problem: string | undefined) => void;
}

export interface Authentication {
  /** At once where it is known. `address` is the caller's. Never rejects but for a bug. */
  check(bearer: Bearer, address: string): Verdict | Promise<Verdict>;
}

/** Milliseconds for which a pod's token is known; up to a fifth less, so that not all are asked for again at once. */
const REMEMBER_PODS = 5 * 60_000;
const SPREAD = 0.2;
/** The same for refusals, and for questions that the API server did not answer. */
const REMEMBER_STRANGERS = 10_000;
const REMEMBER_FAILURES = 1000;
const MAX_PODS = 16_384;
const MAX_OTHERS = 4096;
/**
 * Reviews under way, of all and of one pod, and those that wait. A client with a token that claims another
 * client's pod waits in another lane: lanes are by pod and address.
 */
const REVIEWS: TurnLimits = { concurrency: 32, perGroup: 2, waiting: 4096, perLane: 8 };

interface Remembered {
  readonly verdict: Verdict;
  /** By the monotonic clock, in milliseconds. */
  readonly until: number;
  /** By the clock of the day, in seconds. */
  readonly expires: number;
}

export function createAuthentication({
  judge,
  clock,
  random,
  onReview,
}: AuthenticationParts): Authentication {
  /** Kept apart, so that refused tokens never push out accepted ones. */
  const pods = new Map<string, Remembered>();
  const others = new Map<string, Remembered>();
  const checks = createSingleFlight<Verdict>();
  const reviews = createTurns(REVIEWS);

  const recall = (digest: string): Verdict | undefined => {
    for (const memory of [pods, others]) {
      const known = memory.get(digest);
      if (known === undefined) continue;
      if (known.until > clock.monotonic() && known.expires > clock.seconds()) return known.verdict;
      memory.delete(digest);
    }
    return undefined;
  };

  const remember = ({ digest, expires }: Bearer, verdict: Verdict): void => {
    const memory = verdict.kind === 'pod' ? pods : others;
    const until = clock.monotonic() + lifetime(verdict, random());
    memory.set(digest, { verdict, until, expires });
    keepNewest(memory, memory === pods ? MAX_PODS : MAX_OTHERS);
  };

  /** Undefined: too many wait. */
  const review = async (bearer: Bearer, address: string): Promise<Outcome<TokenVerdict> | undefined> => {
    const pod = bearer.pod?.id ?? '';
    const end = await reviews.take(`${pod} ${address}`, pod);
    if (end === undefined) return undefined;
    try {
      return await judge.review(bearer.token);
    } finally {
      end();
    }
  };

  const ask = async (bearer: Bearer, address: string): Promise<Verdict> => {
    const proof = await judge.prove(bearer.token, address);
    const outcome = proof === 'ask' ? await review(bearer, address) : proof;
    if (outcome === undefined || outcome === 'busy') return TOO_MANY;
    const verdict: Verdict =
      outcome.kind === 'ok'
        ? identify(outcome.value)
        : { kind: 'unavailable', problem: 'the API server does not say whose token it is' };
    onReview(
      verdict.kind === 'unavailable' ? 'failed' : verdict.kind,
      outcome.kind === 'failed' ? outcome.error.message : undefined,
    );
    remember(bearer, verdict);
    return verdict;
  };

  return {
    check(bearer, address) {
      return recall(bearer.digest) ?? checks(bearer.digest, () => ask(bearer, address));
    },
  };
}

const TOO_MANY: Verdict = { kind: 'unavailable', problem: 'too many tokens are being looked at' };

function lifetime({ kind }: Verdict, random: number): number {
  switch (kind) {
    case 'pod':
      return REMEMBER_PODS * (1 - SPREAD * random);
    case 'stranger':
      return REMEMBER_STRANGERS;
    case 'unavailable':
      return REMEMBER_FAILURES;
  }
}
