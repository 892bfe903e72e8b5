/** How long to wait before the next poll: spread, so that a thousand validators do not come back at once. Pure. */

/** In milliseconds, as everything here. */
const FIRST = 250;
/** The longest wait. All validators must find a new leader within seconds, and a poll costs little. */
const LONGEST = 4000;
/** The time over which validators reconnect after the server closed their connection properly: it is shutting down. */
const RECONNECT_SPREAD = 1000;
/** The shortest time between polls that bring no news. A server should hold such a poll; some do not. */
const PACE = 1000;

/**
 * The wait after failures: from zero to a ceiling, which doubles with each failure; at least what the server asked for.
 *
 * @param failures how many there were in a row, this one included.
 * @param random from 0 to 1.
 * @param retryAfter seconds.
 */
export function pollRetryDelay(failures: number, random: number, retryAfter = 0): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** (failures - 1));
  const floor = Math.min(retryAfter * 1000, LONGEST / 2);
  return floor + random * Math.min(Math.max(floor, ceiling), LONGEST - floor);
}

/** Whether a server that took so long has held the question, waiting for news. */
export const wasHeld = (took: number): boolean => took >= PACE;

export interface Success {
  /** The server closes the connection. */
  readonly closes: boolean;
  /** It brought nothing new. */
  readonly quiet: boolean;
  /** How long the answer took. */
  readonly took: number;
}

/** The wait after an answer: none after news or a poll that was held, so that the server learns that a policy is in force. */
export function nextDelay({ closes, quiet, took }: Success, random: number): number {
  if (closes) return random * RECONNECT_SPREAD;
  return quiet && !wasHeld(took) ? PACE * (0.5 + random / 2) : 0;
}
