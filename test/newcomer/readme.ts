/** The commands that a page of the documentation has its reader paste, and the objects that it has applied. */

import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../src/base/json.ts';

/** The part of a Markdown text below the heading, up to the next heading of any level. */
export function sectionOf(page: string, heading: string): string {
  const lines = page.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`the page has no heading ${JSON.stringify(heading)}`);
  const rest = lines.slice(start + 1);
  const end = nextHeading(rest);
  return rest.slice(0, end).join('\n');
}

/** A comment in a block of code looks like a heading. */
function nextHeading(lines: readonly string[]): number {
  let isCode = false;
  for (const [i, line] of lines.entries()) {
    if (line.startsWith('```')) isCode = !isCode;
    if (!isCode && /^#{1,6} /.test(line)) return i;
  }
  return lines.length;
}

/** In order: of `sh` blocks each command, with the lines that a backslash continues; of `console` blocks those after `$ `. */
export function commandsOf(section: string): readonly string[] {
  const blocks = section.matchAll(/^```(sh|console)\n(.*?)^```$/gms);
  return [...blocks].flatMap(([, kind, text = '']) =>
    kind === 'sh'
      ? text.split(/(?<!\\)\n/).filter((line) => /^[^#\s]/.test(line))
      : [...text.matchAll(/^\$ (.*)$/gm)].map(([, command = '']) => command),
  );
}

/** Of `yaml` blocks each document, in order. */
export const manifestsOf = (section: string): readonly JsonObject[] =>
  [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].flatMap(([, text = '']) =>
    parseAllDocuments(text).map((document): JsonObject => document.toJS()),
  );
