/** Retry-After (RFC 9110 section 10.2.3), as our own server writes it. Pure. */

/** An hour: nobody is to send us away for good. */
const LONGEST = 3600;

/** Seconds; undefined where there are none, for a date is not read. */
export function parseRetryAfter(field: string | undefined): number | undefined {
  return field !== undefined && /^\d{1,9}$/.test(field) ? Math.min(Number(field), LONGEST) : undefined;
}
