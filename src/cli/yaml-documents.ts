/** Files of YAML printed one after another, with some of their documents changed, and all else as it came. */

import type { JsonValue } from '../base/json.ts';
import { sameJson } from '../injection/members.ts';
import type { YamlDocument } from '../resources/yaml.ts';
import { editYaml } from './yaml-edit.ts';
import { renderYaml } from './yaml-output.ts';

export interface Changed {
  readonly document: YamlDocument;
  readonly wanted: JsonValue;
}

/** Of a file for which `changedFile` has no text. */
export const NOT_EXACT =
  'a document that is changed has a number of more than 15 digits, which cannot be kept as it is written there; put it in quotes, or write the document without anchors and in block style';

/** undefined where the value cannot be written without a loss. */
export function changedFile(text: string, documents: readonly Changed[]): string | undefined {
  let result = '';
  let at = 0;
  for (const { document, wanted } of documents) {
    if (sameJson(document.value, wanted)) continue;
    const [begin, end] = document.range;
    const changed = changedDocument(text.slice(begin, end), document, wanted);
    if (changed === undefined) return undefined;
    result += text.slice(at, begin) + changed;
    at = end;
  }
  return result + text.slice(at);
}

function changedDocument(
  text: string,
  { value, hasAnchors, isExact }: YamlDocument,
  wanted: JsonValue,
): string | undefined {
  // What stands in one place counts in several.
  const edited = hasAnchors ? undefined : editYaml(text, value, wanted);
  if (edited !== undefined) return edited;
  return isExact ? `${text.startsWith('---') ? '---\n' : ''}${renderYaml(wanted)}` : undefined;
}

/** As one stream. */
export const joinFiles = (texts: readonly string[]): string =>
  texts.reduce((result, text) => {
    if (result === '') return text;
    const next = text.startsWith('\ufeff') ? text.slice(1) : text;
    const end = result.endsWith('\n') ? '' : '\n';
    return `${result}${end}${next.startsWith('---') ? '' : '---\n'}${next}`;
  }, '');
