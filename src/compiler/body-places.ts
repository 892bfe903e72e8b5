/** Whether a body may be filled in: where its placeholders stand, and whether it is JSON whatever they become. */

import { Buffer } from 'node:buffer';
import { oneLine, shorten } from '../base/text.ts';
import { bodyForm, isPlaceholder, PLACEHOLDERS, templateParts } from '../policy/body-template.ts';
import { safeSpans } from './html-places.ts';
import type { Issue } from './issues.ts';

/** Bytes of UTF-8. */
export const MAX_OWN_BODY = 4096;
/** So a body has a bound once it is filled in. */
export const MAX_PLACEHOLDERS = 8;

type Problem = Pick<Issue, 'message' | 'remedy'>;

export function bodyProblem(contentType: string, body: string): Problem | undefined {
  if (Buffer.byteLength(body) > MAX_OWN_BODY) {
    return {
      message: `it is longer than ${MAX_OWN_BODY / 1024} KiB`,
      remedy: 'shorten it: pictures and styles can come from elsewhere',
    };
  }
  const marked = templateParts(body).filter((part) => typeof part !== 'string');
  const unknown = marked.find(({ name }) => !isPlaceholder(name));
  if (unknown !== undefined) {
    return {
      message: `{${shorten(unknown.name, SHOWN)}} at ${place(body, unknown.at)} is no placeholder`,
      remedy: `take one of ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')}; a brace that is meant as such is written \\u007b in a string of JSON, and &#123; in HTML`,
    };
  }
  if (marked.length > MAX_PLACEHOLDERS) {
    return {
      message: `it has ${marked.length} placeholders, and may have ${MAX_PLACEHOLDERS}`,
      remedy: 'say each thing once',
    };
  }
  switch (bodyForm(contentType)) {
    case 'JSON':
      return jsonProblem(body);
    case 'HTML':
      return htmlProblem(body);
    case 'Plain':
      return undefined;
  }
}

/** Characters of an unknown word. */
const SHOWN = 40;

/** Both count from 1. */
function place(body: string, at: number): string {
  const lines = body.slice(0, at).split('\n');
  return `line ${lines.length}, character ${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** {status} is a number in any place; all else is text, which belongs between quotes. */
function jsonProblem(body: string): Problem | undefined {
  let sample = '';
  let isInString = false;
  for (const part of templateParts(body)) {
    if (typeof part === 'string') {
      sample += part;
      isInString = endsInString(part, isInString);
    } else if (isInString) {
      // Neither the rest of an escape nor a digit of one.
      sample += '~';
    } else if (part.name === 'status') {
      sample += '401';
    } else {
      return {
        message: `{${part.name}} at ${place(body, part.at)} stands outside of a string`,
        remedy: 'put it between double quotes; {status} alone may stand without, as a number',
      };
    }
  }
  try {
    JSON.parse(sample);
    return undefined;
  } catch (error) {
    return {
      message: `it is no JSON: ${oneLine(String(error)).replace(/^SyntaxError: /, '')}`,
      remedy: 'correct it, or name another contentType',
    };
  }
}

/** Whether a string of JSON is open at the end of the text. A backslash at the end makes no JSON of it. */
function endsInString(text: string, wasInString: boolean): boolean {
  let isInString = wasInString;
  for (let i = 0; i < text.length; i++) {
    const one = text[i];
    if (one === '"') isInString = !isInString;
    else if (one === '\\' && isInString) i += 1;
  }
  return isInString;
}

/** Escaped as text and attributes need it, a value could still be a script or an address elsewhere. */
function htmlProblem(body: string): Problem | undefined {
  const spans = safeSpans(body);
  for (const part of templateParts(body)) {
    if (typeof part === 'string') continue;
    const end = part.at + part.name.length + 2;
    if (spans.some((span) => span.start <= part.at && end <= span.end)) continue;
    return {
      message: `{${part.name}} at ${place(body, part.at)} stands neither in text nor in the quoted value of a harmless attribute`,
      remedy:
        'move it into the text of an element other than script and style, or into title="…", alt="…", value="…", data-…="…" or aria-…="…"',
    };
  }
  return undefined;
}
