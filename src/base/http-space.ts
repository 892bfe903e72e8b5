/**
 * The white space of HTTP around a value (RFC 9110 section 5.6.3), taken off in one pass. A regular expression for its end
 * would try each of the spaces inside of the value as the first: of one request's header that takes seconds.
 */

/**
 * No other white space. JavaScript's `trim` also removes Unicode spaces: a cookie whose name begins with one, which any
 * neighbouring host may set, would get the name `__Host-session`.
 */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

export const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;
