/** The JSON document in an answer. */

import { isJsonObject, type JsonObject } from '../matching/json.ts';
import { type Failed, failed } from './errors.ts';
import type { Received } from './exchange.ts';

export type DocumentResult = { readonly kind: 'document'; readonly document: JsonObject } | Failed;

/**
 * Reads a JSON object. Many providers serve theirs as text/plain or application/octet-stream, so it is the
 * body that counts; the content type only helps to say what came instead.
 *
 * @param shown the document's URL, for messages.
 */
export function parseDocument({ body, headers }: Received, shown: string): DocumentResult {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    document = undefined;
  }
  if (isJsonObject(document)) return { kind: 'document', document };
  const type = mediaType(headers['content-type']);
  return failed(
    'COULD_NOT_PARSE_CONFIG',
    `The answer of ${shown} is not a JSON object${type === undefined ? '' : ` (it came as ${type})`}; ` +
      'is this the address of the document itself, and not of a sign-in page?',
  );
}

function mediaType(header = ''): string | undefined {
  return /^[a-z]{1,20}\/[a-z0-9.+-]{1,60}/i.exec(header)?.[0];
}
