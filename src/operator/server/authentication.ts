/** Whose token it is, asked of the API server once in five minutes, so many tokens at a time. */

import type { Outcome } from '../../kubernetes/errors.ts';
import type { TokenVerdict } from '../../kubernetes/reviews.ts';
import type { Time } from '../../kubernetes/time.ts';
import type { Bearer } from './bearer.ts';
import { type Identity, identify } from './caller.ts';

export type Verdict =
  | Identity
  /** Nobody can say now. */
  | { readonly kind: 'unavailable'; readonly problem: string };

export type ReviewResult = 'pod' | 'stranger' | 'failed';

export interface AuthenticationParts {
  /** Asks the API server about a token for our audience. Must not reject. */
  readonly review: (token: string) => Promise<Outcome<TokenVerdict>>;
  readonly time: Pick<Time, 'now' | 'monotonic'>;
  readonly random: () => number;
  readonly onReview: (result: ReviewResult, problem: string | undefined) => void;
}

export interface Authentication {
  /** At once where it is known. Never rejects but for a bug. */
  check(bearer: Bearer): Verdict | Promise<Verdict>;
}

/** Milliseconds for which a pod's token is known; up to a fifth less, so that not all are asked for again at once. */
const REMEMBER_PODS = 5 * 60_000;
const SPREAD = 0.2;
/** The same for refusals, and for questions that the API server did not answer. */
const REMEMBER_STRANGERS = 10_000;
const REMEMBER_FAILURES = 1000;
const MAX_PODS = 16_384;
const MAX_OTHERS = 4096;
/** Reviews under way, and those that wait for one to end. */
const CONCURRENCY = 32;
const MAX_WAITING = 4096;

interface Remembered {
  readonly verdict: Verdict;
  /** By the monotonic clock, in milliseconds. */
  readonly until: number;
  /** By the clock of the day, in seconds. */
  readonly expires: number;
}

export function createAuthentication({
  review,
  time,
  random,
  onReview,
}: AuthenticationParts): Authentication {
  /** Apart, so that nobody who is refused pushes out one who is not. */
  const pods = new Map<string, Remembered>();
  const others = new Map<string, Remembered>();
  const underWay = new Map<string, Promise<Verdict>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  const recall = (digest: string): Verdict | undefined => {
    for (const memory of [pods, others]) {
      const known = memory.get(digest);
      if (known === undefined) continue;
      if (known.until > time.monotonic() && known.expires > time.now() / 1000) return known.verdict;
      memory.delete(digest);
    }
    return undefined;
  };

  const remember = ({ digest, expires }: Bearer, verdict: Verdict): void => {
    const memory = verdict.kind === 'pod' ? pods : others;
    const until = time.monotonic() + lifetime(verdict, random());
    memory.set(digest, { verdict, until, expires });
    for (const oldest of memory.keys()) {
      if (memory.size <= (memory === pods ? MAX_PODS : MAX_OTHERS)) break;
      memory.delete(oldest);
    }
  };

  const turn = async (): Promise<void> => {
    if (running >= CONCURRENCY) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
  };
  /** Whoever waits takes the place over. */
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };

  const ask = async (bearer: Bearer): Promise<Verdict> => {
    await turn();
    try {
      const outcome = await review(bearer.token);
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
    } finally {
      leave();
      underWay.delete(bearer.digest);
    }
  };

  return {
    check(bearer) {
      const known = recall(bearer.digest);
      if (known !== undefined) return known;
      const running = underWay.get(bearer.digest);
      if (running !== undefined) return running;
      if (waiting.length >= MAX_WAITING) return TOO_MANY;
      const asking = ask(bearer);
      underWay.set(bearer.digest, asking);
      return asking;
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
