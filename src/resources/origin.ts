/** Where the fields of a YAML document stand. */

import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { parseField } from './fields.ts';
import type { WrittenAt } from './set.ts';

/**
 * The origin of a document. It keeps the text alone, and reads it again when a field is first looked for:
 * most documents have no findings, and a syntax tree is many times their size.
 */
export function yamlOrigin(file: string, text: string, contents: Node, lines: LineCounter): WrittenAt {
  const [begin = 0, , end = text.length] = contents.range ?? [];
  const first = lines.linePos(begin);
  const start = begin - (first.col - 1);
  let found: { readonly root: Node | null; readonly lines: LineCounter } | undefined;
  return {
    file,
    locate(field) {
      found ??= parseAgain(text.slice(start, end));
      const { line, col } = found.lines.linePos(offsetOf(found.root, field));
      return { line: line + first.line - 1, column: col };
    },
  };
}

function parseAgain(text: string): { readonly root: Node | null; readonly lines: LineCounter } {
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
  return { root: contents, lines: lineCounter };
}

/** A member is found at its name, an item at its value, a missing field at the nearest one around it. */
function offsetOf(root: Node | null, field: string): number {
  let node = root;
  let offset = root?.range?.[0] ?? 0;
  for (const part of parseField(field)) {
    if (isMap<Node, Node | null>(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      if (pair === undefined) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq<Node | null>(node) && typeof part === 'number') {
      const item = node.items[part];
      if (!item) break;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else {
      break;
    }
  }
  return offset;
}
