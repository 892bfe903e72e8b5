/**
 * A check whose method the parser of Node.js does not know, which gives up at it: callers over HTTP/2 may use any. Its
 * bytes are read here instead, strictly: one head, whole, with no body and nothing behind it.
 */

import type { Buffer } from 'node:buffer';
import { METHODS } from 'node:http';
import { trimmed } from '../../base/http-space.ts';

/** What is read of a message, as Node.js has it. */
export interface Head {
  readonly method: string;
  readonly url: string;
  /** Names and values in turn, each byte one character. */
  readonly rawHeaders: readonly string[];
}

const KNOWN: ReadonlySet<string> = new Set(METHODS);
const END = '\r\n\r\n';
const LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}) (\/[\x21-\x7e]*) HTTP\/1\.1$/;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/;
/** Of one that is there, another value than 0 promises a body. */
const BODY = /^(?:transfer-encoding$|content-length$)/;

/** Undefined for whatever is not such a check. */
export function readOddMethod(packet: Buffer): Head | undefined {
  const text = packet.toString('latin1');
  if (text.indexOf(END) !== text.length - END.length) return undefined;
  const [line = '', ...lines] = text.slice(0, -END.length).split('\r\n');
  const [, method = '', url = ''] = LINE.exec(line) ?? [];
  if (method === '' || KNOWN.has(method)) return undefined;
  const rawHeaders: string[] = [];
  for (const header of lines) {
    const [, name, text = ''] = HEADER.exec(header) ?? [];
    if (name === undefined) return undefined;
    const value = trimmed(text);
    if (BODY.test(name.toLowerCase()) && value !== '0') return undefined;
    rawHeaders.push(name, value);
  }
  return { method, url, rawHeaders };
}
