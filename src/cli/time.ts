/** A moment as people name it: RFC 3339, or Unix seconds. */

const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const UNIX = /^-?\d{1,13}(?:\.\d{1,9})?$/;
/** The last day that a JavaScript Date can hold. */
const MAX_SECONDS = 8.64e12;

/** Unix seconds; undefined for what is neither. */
export function parseTime(text: string): number | undefined {
  if (UNIX.test(text)) return Math.abs(Number(text)) <= MAX_SECONDS ? Number(text) : undefined;
  const [, year, month, day] = RFC3339.exec(text) ?? [];
  if (year === undefined || !isDay(Number(year), Number(month), Number(day))) return undefined;
  const milliseconds = Date.parse(text.replace(' ', 'T').toUpperCase());
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** The language's own parser takes the 30th of February for the 2nd of March. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
