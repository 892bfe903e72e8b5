/** A check as Envoy's HTTP authorization service sends it: the caller's own request, without its body. */

import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { CHECK_PREFIX } from '../../sidecar/authorizer.ts';
import { type Check, HeaderTable, joinHeader, readPort } from '../check.ts';

/** Bytes beyond ASCII, which Node.js gives as one character each. */
const BEYOND_ASCII = /[\x80-\xff]/;

/** True for a path that begins with the form's prefix; what follows it is then in origin form. */
export function isCheck({ url = '' }: IncomingMessage): boolean {
  return url.startsWith(`${CHECK_PREFIX}/`);
}

/** Method, host and what follows the prefix are the caller's. */
export function readCheck(message: IncomingMessage): Check {
  return readLine(message, (message.url ?? '').slice(CHECK_PREFIX.length));
}

/** Of a request that is no check: who asked for what. */
export function readMisdirected(message: IncomingMessage): Check {
  return readLine(message, message.url ?? '');
}

function readLine(message: IncomingMessage, target: string): Check {
  const headers = readHeaders(message.rawHeaders);
  return {
    request: {
      method: message.method ?? '',
      host: headers.host ?? '',
      target,
      headers,
      port: readPort(headers['x-portcullis-port']),
    },
    client: headers['x-portcullis-client'],
  };
}

/**
 * From names and values in turn, as they came. Node.js's own `headers` would keep only the first of two
 * Authorization headers, while an app may read the other.
 */
function readHeaders(raw: readonly string[]): HeaderTable {
  const headers = new HeaderTable();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    const value = raw[i + 1] ?? '';
    headers[name] = joinHeader(name, headers[name], BEYOND_ASCII.test(value) ? utf8(value) : value);
  }
  return headers;
}

function utf8(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}
