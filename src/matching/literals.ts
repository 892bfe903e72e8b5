/** Literal text of a path pattern, equal also to its one escaped spelling where a URL cannot hold it raw. */

import { fold } from './folding.ts';

export interface Literal {
  readonly plain: string;
  readonly folded: string;
  /** Undefined for text that needs no escape, which none may stand for. */
  readonly escaped: Escaped | undefined;
}

interface Escaped {
  /** With its escapes in upper case. */
  readonly plain: string;
  readonly folded: string;
}

/**
 * Prepares text for comparison. A space or a letter beyond ASCII arrives escaped from every client (RFC
 * 3986 section 2.1); without its escaped spelling, the path as sent would never match.
 */
export function literal(text: string): Literal {
  const escaped = text.isWellFormed() ? encodeURI(text).replaceAll('%5B', '[').replaceAll('%5D', ']') : text;
  return {
    plain: text,
    folded: fold(text),
    escaped: escaped === text ? undefined : { plain: escaped, folded: fold(escaped) },
  };
}

/** `isFolded`: the text was folded, and is compared without case. Costs no more than the literal is long. */
export function sameLiteral({ plain, folded, escaped }: Literal, text: string, isFolded: boolean): boolean {
  if (text === (isFolded ? folded : plain)) return true;
  if (escaped === undefined) return false;
  if (isFolded) return text === escaped.folded;
  return (
    text.length === escaped.plain.length &&
    text.replace(/%[0-9a-f]{2}/g, (octet) => octet.toUpperCase()) === escaped.plain
  );
}
