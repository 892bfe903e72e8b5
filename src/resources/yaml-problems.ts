/** Why a document of YAML is refused, in words that do not quote it. */

import type { Node, YAMLError } from 'yaml';
import type { FieldPath } from './fields.ts';

export const MAX_DEPTH = 64;

/** Why a document is refused, and where. */
export interface YamlProblem {
  readonly offset: number;
  readonly path: FieldPath;
  readonly message: string;
  readonly remedy: string;
}

/** The library's own words, but for those that quote the file, which may hold a secret. */
export function syntaxProblem(
  { code, message, pos }: YAMLError,
  text: string,
  contents: Node | null,
): YamlProblem {
  const at = { offset: pos[0], path: [] };
  // Of these kubectl reads all, or the first alone, as the file begins.
  const { range } = contents ?? {};
  if (range && text[pos[0]] === '{' && isJsonObjectText(text.slice(range[0], pos[0]))) {
    return { ...at, ...SECOND_OBJECT };
  }
  switch (code) {
    case 'UNEXPECTED_TOKEN':
    case 'BAD_DQ_ESCAPE':
    case 'BAD_ALIAS':
    case 'TAG_RESOLVE_FAILED':
      return {
        ...at,
        message: 'this is not YAML: something is out of place here',
        remedy: 'look at quotes, colons and indentation before it',
      };
    case 'RESOURCE_EXHAUSTION':
      return { ...at, ...TOO_DEEP };
    default:
      return {
        ...at,
        message: `this is not YAML: ${lowerFirst(message)}`,
        remedy: 'look at quotes, colons and indentation',
      };
  }
}

/** Whether it may be a whole object, by its brackets. */
function isJsonObjectText(text: string): boolean {
  const brackets = text.replaceAll(/"(?:[^"\\]|\\.)*"|[^{}]/gs, '');
  return /^\{.*\}\s*$/s.test(text) && brackets.split('{').length === brackets.split('}').length;
}

const SECOND_OBJECT = {
  message: 'a second JSON object stands behind the first',
  remedy: 'put a line with --- between them, or make them the items of a List',
};

export const STRAY_MARK = {
  path: [],
  message: 'a byte order mark (U+FEFF) stands before this line',
  remedy: 'take it away: it is not seen in most editors',
};

export const TOO_DEEP = {
  message: `values are nested more than ${MAX_DEPTH} deep`,
  remedy: 'no manifest needs that; take some away',
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
