/** Regular expressions from manifests: RE2, so that matching takes time linear in the text. */

import { RE2JS, RE2JSSyntaxException } from 're2js';

/** Anchored at both ends. */
export interface Regex {
  matches(text: string): boolean;
}

export type CompiledRegex =
  | { readonly kind: 'compiled'; readonly regex: Regex }
  | { readonly kind: 'refused'; readonly problem: string };

/** Compiles RE2 syntax (https://github.com/google/re2/wiki/Syntax); the whole text must match. */
export function compileRegex(pattern: string, caseSensitivity: 'sensitive' | 'insensitive'): CompiledRegex {
  try {
    const flags = caseSensitivity === 'insensitive' ? RE2JS.CASE_INSENSITIVE : 0;
    const compiled = RE2JS.compile(pattern, flags);
    return { kind: 'compiled', regex: { matches: (text) => compiled.testExact(text) } };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const problem = error.message.replace(/^error parsing regexp: /, '');
    return {
      kind: 'refused',
      problem: `not a regular expression in RE2 syntax: ${problem}; look-around and back-references do not exist there`,
    };
  }
}
