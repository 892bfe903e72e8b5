/** Bodies with placeholders: how they are read, and how a value is written into one, whatever it holds. */

import { oneLine, shorten } from '../base/text.ts';

export const PLACEHOLDERS = ['status', 'reason', 'title', 'detail', 'requestId'] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

export type BodyValues = Readonly<Record<Placeholder, string>>;

/** A word in braces, which need not be the name of a value. */
interface Marked {
  readonly name: string;
  /** Where its brace stands. */
  readonly at: number;
}

/** Text as it stands, and words in braces, in turn. */
export function templateParts(body: string): readonly (string | Marked)[] {
  const parts: (string | Marked)[] = [];
  let end = 0;
  for (const { 0: whole, 1: name = '', index: at } of body.matchAll(/\{([A-Za-z_][A-Za-z0-9_]*)\}/g)) {
    parts.push(body.slice(end, at), { name, at });
    end = at + whole.length;
  }
  return [...parts, body.slice(end)];
}

export function isPlaceholder(name: string): name is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(name);
}

/** What a value must be made fit for. */
type BodyForm = 'JSON' | 'HTML' | 'Plain';

/** The schema permits these media types alone. */
export function bodyForm(contentType: string): BodyForm {
  if (contentType === 'text/html') return 'HTML';
  return contentType.endsWith('json') ? 'JSON' : 'Plain';
}

/** UTF-16 code units of a value: callers have their part in details, and a body may name one several times. */
export const MAX_VALUE = 1024;

/** Writes a body. What is no placeholder of ours stays as it is. */
export function writeBody(
  parts: ReturnType<typeof templateParts>,
  form: BodyForm,
  values: BodyValues,
): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      return isPlaceholder(part.name)
        ? ESCAPES[form](oneLine(shorten(values[part.name], MAX_VALUE)))
        : `{${part.name}}`;
    })
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Of text without controls. */
const ESCAPES: Readonly<Record<BodyForm, (text: string) => string>> = {
  // Inside of a string literal.
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  // As text, and in a quoted attribute.
  HTML: (text) => text.replace(/[&<>"']/g, (one) => ENTITIES[one] ?? ''),
  Plain: (text) => text,
};
