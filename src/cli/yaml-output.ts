/** JSON as YAML that every reader takes for the same: those of YAML 1.1, as Kubernetes', and those of 1.2, as ours. */

import { Document, visit } from 'yaml';
import type { JsonValue } from '../base/json.ts';

/** What no reader takes for anything but this string; words such as `null` the library knows. */
const PLAIN = /^[A-Za-z][\w./@-]*(?: [\w./@-]+)*$/;
/** Booleans to readers of YAML 1.1. */
const OLD_BOOLEAN = /^(?:y|n|yes|no|on|off)$/i;
/** Line breaks to some readers, and not to others. */
const ODD_BREAKS = /[\u0085\u2028\u2029\ufeff]/g;
const CONTROLS = /[^\P{Cc}\n]/u;

export function renderYaml(value: JsonValue): string {
  // Nothing is shortened to an alias, or folded.
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value !== 'string' || isBlock(node.value)) return;
      if (!PLAIN.test(node.value) || OLD_BOOLEAN.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  const text = document.toString({ lineWidth: 0, minContentWidth: 0, doubleQuotedMinMultiLineLength: 1e9 });
  // Where they are, there are double quotes around them.
  return text.replaceAll(
    ODD_BREAKS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Scripts and files, which are to stay readable. */
function isBlock(text: string): boolean {
  return text.includes('\n') && !CONTROLS.test(text) && text.search(ODD_BREAKS) === -1 && text.isWellFormed();
}
