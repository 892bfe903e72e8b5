/**
 * Code points of text, in place of String.prototype.codePointAt: V8 14.6 (Node.js 26) compiles that so that, in what has
 * only met ASCII for a while, it sometimes takes the halves of a surrogate pair for two characters.
 */

/** The code point that begins at this UTF-16 unit, half of a pair where it stands alone; undefined outside the text. */
export function codePointAt(text: string, at: number): number | undefined {
  if (at < 0 || at >= text.length) return undefined;
  const first = text.charCodeAt(at);
  if ((first & 0xfc00) !== 0xd800 || at + 1 >= text.length) return first;
  const second = text.charCodeAt(at + 1);
  return (second & 0xfc00) === 0xdc00 ? ((first & 0x3ff) << 10) + (second & 0x3ff) + 0x10000 : first;
}

/** UTF-16 units of the character that begins there. */
export const widthAt = (text: string, at: number): 1 | 2 => ((codePointAt(text, at) ?? 0) > 0xffff ? 2 : 1);
