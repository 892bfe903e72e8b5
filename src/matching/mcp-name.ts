/**
 * What an `Mcp-Name` header names (MCP 2026-07-28, SEP-2243): the text as it stands, or `=?base64?…?=` decoded. What any
 * server could read in another way is malformed.
 */

import { Buffer } from 'node:buffer';
import { trimmed } from '../base/http-space.ts';

/** Characters of the header. A longer value is not decoded. */
export const MAX_MCP_NAME = 8192;

export type McpName =
  | { readonly kind: 'name'; readonly text: string; readonly isEncoded: boolean }
  /** A sentence's end, behind the header's name. */
  | { readonly kind: 'malformed'; readonly problem: string };

const malformed = (problem: string): McpName => ({ kind: 'malformed', problem });

/** What a header may hold (RFC 9110 section 5.5), but for bytes beyond ASCII, which MCP encodes. */
const PLAIN = /^[\t\x20-\x7e]*$/;
/** No server reads these spellings in one way: some take any case, some miss the end. A real name has none of them. */
const LIKE_ENCODED = /^=\?base64\?/i;
/** The standard alphabet, padded. Of an empty text nothing stands between the markers, which do not overlap. */
const ENCODED = /^=\?base64\?((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)\?=$/;

/** Its own U+FEFF is kept, and then refused: others drop it, and would read another name. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function decodeMcpName(value: string): McpName {
  if (value.length > MAX_MCP_NAME) return malformed(`is longer than ${MAX_MCP_NAME} characters`);
  const text = trimmed(value);
  if (!PLAIN.test(text))
    return malformed('holds controls, or characters beyond ASCII, which are sent encoded');
  if (text === '') return malformed('is empty');
  return LIKE_ENCODED.test(text) ? decoded(text) : { kind: 'name', text, isEncoded: false };
}

function decoded(sentinel: string): McpName {
  const base64 = ENCODED.exec(sentinel)?.[1];
  if (base64 === undefined)
    return malformed('is not well encoded: =?base64?, padded base64, and ?= at its end');
  const bytes = Buffer.from(base64, 'base64');
  // Bits that say nothing would give one name several spellings.
  if (bytes.toString('base64') !== base64) return malformed('is no base64 that an encoder would write');
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return malformed('is no UTF-8');
  }
  if (text.startsWith('\ufeff')) return malformed('begins with a byte order mark');
  // A program in C ends its text there.
  if (text.includes('\0')) return malformed('holds a zero byte');
  return { kind: 'name', text, isEncoded: true };
}
