/** Refusals of polls and refreshes: status, text and headers. Pure. */

export interface PollRefusal {
  readonly kind: 'refusal';
  readonly status: RefusalStatus;
  /** One line, for people who send requests by hand. */
  readonly problem: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 406 | 413 | 429 | 500 | 503;

export function pollRefusal(
  status: RefusalStatus,
  problem: string,
  headers: Readonly<Record<string, string>> = {},
): PollRefusal {
  return { kind: 'refusal', status, problem, headers };
}

/** Seconds after which another replica leads, or this one is ready. */
const RETRY_AFTER = '1';

export function unavailable(problem: string): PollRefusal {
  return pollRefusal(503, problem, { 'retry-after': RETRY_AFTER });
}

export const NOT_LEADING = unavailable('this replica does not lead');
export const ENDING = pollRefusal(503, 'this replica is ending, another one will lead');
