/** How long to wait after failures: doubled with each, bounded, and never the same for two that failed together. Pure. */

export interface Backoff {
  readonly baseMilliseconds: number;
  readonly maxMilliseconds: number;
}

/**
 * @param failures how many there were in a row, this one included.
 * @param random from 0 to 1; takes up to half of the time away.
 */
export function backoffDelay(
  { baseMilliseconds, maxMilliseconds }: Backoff,
  failures: number,
  random: number,
): number {
  const doubled = baseMilliseconds * 2 ** Math.min(failures - 1, 30);
  return Math.round(Math.min(doubled, maxMilliseconds) * (1 - random / 2));
}
