/** A check as Envoy's HTTP authorization service sends it: the caller's own request, without its body. */

import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { type Check, HeaderTable, readPort } from '../check.ts';

/** Bytes beyond ASCII, which Node.js gives as one character each. */
const BEYOND_ASCII = /[\x80-\xff]/;

/** Method, target and host are the caller's. The server must have been told to join doubled headers. */
export function readCheck(message: IncomingMessage): Check {
  const headers = asText(message.headers);
  return {
    request: {
      method: message.method ?? '',
      host: headers.host ?? '',
      target: message.url ?? '',
      headers,
      port: readPort(headers['x-portcullis-port']),
    },
    client: headers['x-portcullis-client'],
  };
}

/** Set-Cookie alone comes as a list. */
function asText(received: IncomingMessage['headers']): HeaderTable {
  const headers = new HeaderTable();
  for (const name in received) {
    const value = received[name];
    if (typeof value !== 'string') headers[name] = value?.join(', ');
    else headers[name] = BEYOND_ASCII.test(value) ? utf8(value) : value;
  }
  return headers;
}

function utf8(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}
