/** How deep a text nests, found without recursion: a parser that recurses must only see shallow ones. */

import type { Token } from './tokens.ts';

/**
 * The deepest nesting of brackets and conditionals (`a ? b : c ? d : e` nests without a bracket).
 * Returns where the text first goes deeper than `limit`, as an offset; undefined if it never does.
 */
export function nestsDeeperThan(tokens: readonly Token[], limit: number): number | undefined {
  /** Of each open bracket, outermost first: the conditionals begun in it. */
  const conditionals = [0];
  let depth = 0;
  for (const { text, at } of tokens) {
    const inner = conditionals.at(-1) ?? 0;
    if (text === '(' || text === '[' || text === '{') {
      conditionals.push(0);
      depth += 1;
    } else if (text === '?') {
      conditionals[conditionals.length - 1] = inner + 1;
      depth += 1;
    } else if (text === ',') {
      conditionals[conditionals.length - 1] = 0;
      depth -= inner;
    } else if ((text === ')' || text === ']' || text === '}') && conditionals.length > 1) {
      conditionals.pop();
      depth -= inner + 1;
    }
    if (depth > limit) return at;
  }
  return undefined;
}
