/** Percent signs that begin no escape, which servers leave alone, refuse, drop, or read by digits of their own. */

/** Whether a path, as it was sent, holds a percent sign without two hexadecimal digits, or `u` and four, after it. */
export function hasMalformedEscape(path: string): boolean {
  return /%(?![0-9a-fA-F]{2}|[uU][0-9a-fA-F]{4})/.test(path);
}

/**
 * Whether a path that was decoded once holds what only a lenient decoder takes for an escape. A plain percent
 * sign is none: `/100%25` is how a client writes `/100%`.
 */
export function hidesEscape(path: string): boolean {
  return path.includes('%') && HIDDEN.test(path);
}

/**
 * Jetty computes with character codes, so that further characters pass for digits: all between `0` and `F`,
 * the backquote and some controls; after `%u` all from `W` to `f`. Java counts the digits of every script.
 */
const HIDDEN = (() => {
  const unicode = '\\p{Nd}\\uff21-\\uff26\\uff41-\\uff46';
  const digit = `[\\x10-\\x1f0-F\`a-f${unicode}]`;
  const unitDigit = `[0-9A-FW-f${unicode}]`;
  return new RegExp(`%(?:(?![0-9a-fA-F]{2})${digit}{2}|[uU](?![0-9a-fA-F]{4})${unitDigit}{4})`, 'u');
})();
