/** Literal text of a path pattern, equal also to its one escaped spelling where a URL cannot hold it raw. */

import { fold } from './folding.ts';

export interface Literal {
  readonly plain: string;
  readonly folded: string;
  /** With escapes in upper case; undefined for text that needs none, which no escape may stand for. */
  readonly escaped: string | undefined;
}

/**
 * Prepares text for comparison. A space or a letter beyond ASCII arrives escaped from every client (RFC
 * 3986 section 2.1); without its escaped spelling, the path as sent would never match.
 */
export function literal(text: string): Literal {
  const escaped = text.isWellFormed() ? encodeURI(text).replaceAll('%5B', '[').replaceAll('%5D', ']') : text;
  return { plain: text, folded: fold(text), escaped: escaped === text ? undefined : escaped };
}

/** `folds`: compared without case. */
export function sameLiteral({ plain, folded, escaped }: Literal, text: string, folds: boolean): boolean {
  if (folds ? fold(text) === folded : text === plain) return true;
  if (escaped === undefined || !text.includes('%')) return false;
  if (folds) return fold(text) === fold(escaped);
  return text.replace(/%[0-9a-f]{2}/g, (octet) => octet.toUpperCase()) === escaped;
}
