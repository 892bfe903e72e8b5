/** How long to wait after failures: the time doubles with each, has a bound, and is random in part. Pure. */

export interface Backoff {
  readonly baseMilliseconds: number;
  readonly maxMilliseconds: number;
}

/**
 * @param failures how many there were in a row, this one included.
 * @param random from 0 to 1; shortens the time by up to a half.
 */
export function backoffDelay(
  { baseMilliseconds, maxMilliseconds }: Backoff,
  failures: number,
  random: number,
): number {
  const doubled = baseMilliseconds * 2 ** Math.min(failures - 1, 30);
  return Math.round(Math.min(doubled, maxMilliseconds) * (1 - random / 2));
}
