/** A text's tokens, found without recursion: so much of the language as checks before the parser need. */

export interface Token {
  /** 'raw' is a string without escapes; 'word' also a number; 'sign' everything else. */
  readonly kind: 'comment' | 'raw' | 'string' | 'word' | 'sign';
  readonly text: string;
  /** Where it begins, in UTF-16 units. */
  readonly at: number;
}

/** Strings come before words, or their prefix would be one; a quote that is left over is a sign. */
const TOKEN = new RegExp(
  [
    String.raw`(?<comment>\/\/[^\n\r]*)`,
    String.raw`(?<raw>(?:[rR][bB]?|[bB][rR])(?:'''.*?'''|""".*?"""|'[^'\n\r]*'|"[^"\n\r]*"))`,
    String.raw`(?<string>[bB]?(?:'''(?:[^\\]|\\.)*?'''|"""(?:[^\\]|\\.)*?"""|'(?:[^'\\\n\r]|\\[^\n\r])*'|"(?:[^"\\\n\r]|\\[^\n\r])*"))`,
    '(?<word>[A-Za-z0-9_]+)',
    String.raw`(?<sign>[=!<>]=|&&|\|\||[^\t\n\f\r ])`,
  ].join('|'),
  'gsu',
);

const KINDS = ['comment', 'raw', 'string', 'word', 'sign'] as const;

export function tokensOf(text: string): readonly Token[] {
  return Array.from(text.matchAll(TOKEN), ({ 0: token, index, groups }) => ({
    kind: KINDS.find((kind) => groups?.[kind] !== undefined) ?? 'sign',
    text: token,
    at: index,
  }));
}

/** A text that means the same as another one. */
export interface Compact {
  readonly text: string;
  /** Where in the other one a place of it stands. */
  origin(at: number): number;
}

/**
 * Each run of blanks and comments becomes one blank: the parser takes few comments, none at the end, and over many
 * blanks it takes time in the square of their number.
 */
export function compact(tokens: readonly Token[]): Compact {
  const places: { readonly at: number; readonly origin: number }[] = [];
  let text = '';
  let end = 0;
  for (const token of tokens) {
    if (token.kind === 'comment') continue;
    if (token.at > end && text !== '') text += ' ';
    places.push({ at: text.length, origin: token.at });
    text += token.text;
    end = token.at + token.text.length;
  }
  return {
    text,
    origin(at) {
      const place = places.findLast((candidate) => candidate.at <= at);
      return place === undefined ? at : place.origin + at - place.at;
    },
  };
}
