/**
 * Keeps the API server's keys for service-account tokens: reads them when needed, not too often, and keeps them while
 * it is unreachable.
 */

import type { Clock } from '../../base/clock.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import { ok } from '../../kubernetes/errors.ts';
import type { AccountSource } from './bound-token.ts';

export interface AccountKeysParts {
  /** Must not reject. */
  readonly read: () => Promise<Outcome<AccountSource>>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

export interface AccountKeys {
  /** Fails where none could be read so far. */
  current(): Promise<Outcome<AccountSource>>;
  /**
   * For a token that these do not know: others, should there be any. Undefined within the cooldown. Fails where the API
   * server cannot be read.
   */
  newerThan(known: AccountSource): Promise<Outcome<AccountSource>> | undefined;
}

/** Milliseconds after which a key that was taken away does not count any more. */
export const FRESH = 5 * 60_000;
/** Between two reads, however many tokens name unknown keys. */
export const READ_COOLDOWN = 10_000;
/** The same after a read that failed. */
export const READ_FAILURE_COOLDOWN = 1000;

export function createAccountKeys({ read, clock }: AccountKeysParts): AccountKeys {
  let known: { readonly source: AccountSource; readonly at: number } | undefined;
  let last: { readonly outcome: Outcome<AccountSource>; readonly at: number } | undefined;
  let reading: Promise<Outcome<AccountSource>> | undefined;

  const readOnce = async (): Promise<Outcome<AccountSource>> => {
    // A key that is made while they are read counts as one that is not among them.
    const at = clock.monotonic();
    try {
      const outcome = await read();
      last = { outcome, at: clock.monotonic() };
      if (outcome.kind === 'ok') known = { source: outcome.value, at };
      return outcome;
    } finally {
      reading = undefined;
    }
  };
  const start = (): Promise<Outcome<AccountSource>> => {
    reading ??= readOnce();
    return reading;
  };

  const isCoolingDown = (): boolean => {
    if (last === undefined) return false;
    return clock.monotonic() - last.at < (last.outcome.kind === 'ok' ? READ_COOLDOWN : READ_FAILURE_COOLDOWN);
  };

  return {
    async current() {
      if (known !== undefined && clock.monotonic() - known.at < FRESH) return ok(known.source);
      const outcome =
        last !== undefined && reading === undefined && isCoolingDown() ? last.outcome : await start();
      return known === undefined ? outcome : ok(known.source);
    },
    newerThan(before) {
      if (known !== undefined && known.source !== before) return Promise.resolve(ok(known.source));
      if (reading !== undefined || last === undefined || !isCoolingDown()) return start();
      return last.outcome.kind === 'failed' ? Promise.resolve(last.outcome) : undefined;
    },
  };
}
