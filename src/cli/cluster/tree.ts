/** A tree as lines: what belongs to what, each with its mark, and what there is to say of it. */

import { harmless, type Mark, type Paint } from './paint.ts';

export interface TreeNode {
  readonly mark: Mark | undefined;
  readonly title: string;
  /** Behind the title, less important. */
  readonly note?: string;
  /** Lines under it: why it is not well, and what to do. */
  readonly said?: readonly string[];
  readonly children?: readonly TreeNode[];
}

// Escapes, for the bundles have no character beyond ASCII in them.
const BRANCH = '\u251c\u2500 ';
const LAST = '\u2514\u2500 ';
const THROUGH = '\u2502  ';
const SPACE = '   ';

export const treeLines = (roots: readonly TreeNode[], paint: Paint): readonly string[] =>
  roots.flatMap((root) => nodeLines(root, '', '', paint));

function nodeLines(node: TreeNode, first: string, rest: string, paint: Paint): readonly string[] {
  const { mark, title, note, said = [], children = [] } = node;
  const sign = mark === undefined ? '' : `${paint.mark(mark)} `;
  const head = `${first}${sign}${paint.bold(harmless(title))}${note === undefined ? '' : `  ${paint.faint(harmless(note))}`}`;
  const stem = children.length > 0 ? THROUGH : '  ';
  return [
    head,
    ...said.map((text) => `${rest}${mark === undefined ? '' : stem}${harmless(text)}`),
    ...children.flatMap((child, index) => {
      const isLast = index === children.length - 1;
      return nodeLines(child, rest + (isLast ? LAST : BRANCH), rest + (isLast ? SPACE : THROUGH), paint);
    }),
  ];
}
