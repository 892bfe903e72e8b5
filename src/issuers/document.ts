/** The JSON document in an answer. */

import { isUtf8 } from 'node:buffer';
import { parseForeignObject } from '../base/foreign-json.ts';
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  type JsonObject,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from '../base/json.ts';
import { type FetchFailed, fetchFailed } from './errors.ts';
import type { Received } from './exchange.ts';

/** Far beyond any provider's; without them a MiB of brackets takes the thread for a quarter of a second. */
const MAX_VALUES = 10_000;
const MAX_DEPTH = 32;

export type DocumentResult = { readonly kind: 'document'; readonly document: JsonObject } | FetchFailed;

/**
 * Reads a JSON object. Many providers serve theirs as text/plain or application/octet-stream, so it is the
 * body that counts; the content type only helps to say what came instead.
 *
 * @param shown the document's URL, for messages.
 */
export function parseDocument({ body, headers }: Received, shown: string): DocumentResult {
  if (!isModest(body)) {
    return fetchFailed(
      'COULD_NOT_PARSE_CONFIG',
      `The answer of ${shown} holds more than ${MAX_VALUES} values, or nests deeper than ${MAX_DEPTH}; ` +
        'is it the right document?',
    );
  }
  const document = isUtf8(body) ? parseForeignObject(new TextDecoder().decode(body))?.value : undefined;
  if (document !== undefined) return { kind: 'document', document };
  const type = mediaType(headers['content-type']);
  return fetchFailed(
    'COULD_NOT_PARSE_CONFIG',
    `The answer of ${shown} is not a JSON object${type === undefined ? '' : ` (it came as ${type})`}; ` +
      'is this the address of the document itself, and not of a sign-in page?',
  );
}

function mediaType(header = ''): string | undefined {
  return /^[a-z]{1,20}\/[a-z0-9.+-]{1,60}/i.exec(header)?.[0];
}

/** Counts commas and brackets outside strings, of JSON or of whatever else it is. */
function isModest(body: Uint8Array): boolean {
  let values = 0;
  let depth = 0;
  for (let i = 0; i < body.length && values <= MAX_VALUES && depth <= MAX_DEPTH; i++) {
    switch (body[i]) {
      case QUOTE:
        i = closingQuote(body, i);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        depth += 1;
        values += 1;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
        break;
    }
  }
  return values <= MAX_VALUES && depth <= MAX_DEPTH;
}

function closingQuote(body: Uint8Array, start: number): number {
  let i = start + 1;
  while (i < body.length && body[i] !== QUOTE) i += body[i] === BACKSLASH ? 2 : 1;
  return i;
}
