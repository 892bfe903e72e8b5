/** Times of day as Leases and Events have them: RFC 3339 in UTC with six digits after the second. Pure. */

/** @param now milliseconds since 1970. */
export function microTime(now: number): string {
  return new Date(now).toISOString().replace('Z', '000Z');
}
