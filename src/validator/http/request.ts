/** A check as Envoy's HTTP authorization service sends it: the caller's own request, without its body. */

import { Buffer } from 'node:buffer';
import type { CheckRequest } from '../../decision/decision.ts';
import { HeaderLines, readPort } from '../../decision/headers.ts';
import { CHECK_PREFIX, METADATA_REQUEST_PREFIX } from '../../sidecar/check-forms.ts';
import { CARRIES_HEADER, PORT_HEADER } from '../../sidecar/headers.ts';
import type { CheckCall } from '../check.ts';
import { textOf } from '../octets.ts';
import type { Head } from './odd-method.ts';

/** An IncomingMessage of Node.js, or what was read in its place. */
export interface Message extends Pick<Head, 'rawHeaders'> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/** Bytes beyond ASCII, which Node.js gives as one character each. */
const BEYOND_ASCII = /[\x80-\xff]/;

/** Method, host and what follows the prefix are the caller's. */
export function readHttpCheck(message: Message): CheckCall {
  return readWhole(message, (message.url ?? '').slice(CHECK_PREFIX.length));
}

/** A client's own request for the metadata of a resource: method, host and what follows the prefix are the client's. */
export function readMetadataRequest(message: Message): CheckCall {
  const { request, client } = readWhole(message, (message.url ?? '').slice(METADATA_REQUEST_PREFIX.length));
  // Which port it came to, only a check tells.
  return { request: { ...request, port: undefined }, client };
}

/** Of a request that is no check: who asked for what. */
export function readMisdirected(message: Message): CheckCall {
  return readWhole(message, message.url ?? '');
}

/**
 * Reads the request from its line and two headers, which is cheap. Of a doubled header it takes the first: only refusals
 * and charges use this reading.
 */
export function readSummary(message: Message): CheckRequest {
  let host = '';
  let port: string | undefined;
  const { rawHeaders: raw } = message;
  for (let i = raw.length - 2; i >= 0; i -= 2) {
    const name = raw[i] ?? '';
    if (name.length === HOST.length && name.toLowerCase() === HOST) host = raw[i + 1] ?? '';
    else if (name.length === PORT_HEADER.length && name.toLowerCase() === PORT_HEADER) port = raw[i + 1];
  }
  return {
    method: message.method ?? '',
    host,
    pathAndQuery: (message.url ?? '').slice(CHECK_PREFIX.length),
    headers: {},
    port: readPort(port),
  };
}

const HOST = 'host';

/** The statuses that the Envoy that asks turns back into what they stand for (see CARRIES_HEADER). */
export function carriersOf({ rawHeaders }: Message): readonly string[] {
  const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === CARRIES_HEADER);
  const value = at < 0 ? '' : (rawHeaders[at + 1] ?? '');
  return value.length > LONGEST_CARRIERS ? [] : value.split(',').map((status) => status.trim());
}

/** Behind Istio a client may send it, and would have a list made of whatever length. */
const LONGEST_CARRIERS = 64;

function readWhole(message: Message, pathAndQuery: string): CheckCall {
  const { headers, doubled } = readHeaders(message.rawHeaders);
  return {
    request: {
      method: message.method ?? '',
      host: headers.host ?? '',
      pathAndQuery,
      headers,
      doubled,
      // Envoy does so unless it is told otherwise, and nothing that comes with a check tells whether it was.
      mayBeJoined: true,
      port: readPort(headers[PORT_HEADER]),
    },
    client: headers['x-portcullis-client'],
  };
}

/**
 * From names and values in turn, as they came. Node.js's own `headers` would keep only the first of two
 * Authorization headers, while an app may read the other.
 */
export function readHeaders(raw: readonly string[]): HeaderLines {
  const lines = new HeaderLines();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    const value = raw[i + 1] ?? '';
    lines.add(name, BEYOND_ASCII.test(value) ? decoded(name, value) : value);
  }
  return lines;
}

/** Cookies go back to the app, and so must keep their bytes. */
const decoded = (name: string, value: string): string =>
  name === 'cookie' ? textOf(value) : Buffer.from(value, 'latin1').toString('utf8');
