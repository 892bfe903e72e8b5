/** How deep a text nests, found without recursion: a parser that recurses must only see shallow ones. */

/** A comment, a string (raw ones know no escapes), or one character that may open or close a level. */
const TOKEN =
  /\/\/[^\n\r]*|[bB]?[rR][bB]?(?:'''.*?'''|""".*?"""|'[^']*'|"[^"]*")|'''(?:[^\\]|\\.)*?'''|"""(?:[^\\]|\\.)*?"""|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[([{)\]},?]/gs;

/**
 * The deepest nesting of brackets and conditionals (`a ? b : c ? d : e` nests without a bracket).
 * Returns where the text first goes deeper than `limit`, as an offset; undefined if it never does.
 */
export function nestsDeeperThan(text: string, limit: number): number | undefined {
  /** Of each open bracket, outermost first: the conditionals begun in it. */
  const conditionals = [0];
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const inner = conditionals.at(-1) ?? 0;
    if (token === '(' || token === '[' || token === '{') {
      conditionals.push(0);
      depth += 1;
    } else if (token === '?') {
      conditionals[conditionals.length - 1] = inner + 1;
      depth += 1;
    } else if (token === ',') {
      conditionals[conditionals.length - 1] = 0;
      depth -= inner;
    } else if ((token === ')' || token === ']' || token === '}') && conditionals.length > 1) {
      conditionals.pop();
      depth -= inner + 1;
    }
    if (depth > limit) return index;
  }
  return undefined;
}
