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

/** The text with its comments blanked: the parser takes few of them, and none at the end. */
export function withoutComments(text: string, tokens: readonly Token[]): string {
  let blanked = text;
  for (const { kind, text: comment, at } of tokens) {
    if (kind !== 'comment') continue;
    blanked = blanked.slice(0, at) + ' '.repeat(comment.length) + blanked.slice(at + comment.length);
  }
  return blanked;
}
