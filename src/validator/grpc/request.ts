/** A check as Envoy's gRPC authorization service sends it, in either form of its headers. */

import { Buffer } from 'node:buffer';
import type { CheckRequest } from '../../decision/decision.ts';
import { HeaderLines } from '../../decision/headers.ts';
import type { CheckCall } from '../check.ts';
import { textOf } from '../octets.ts';
import type { envoy } from './messages.gen.js';

type CheckMessage = envoy.service.auth.v3.CheckRequest.$Properties;
type HttpRequest = envoy.service.auth.v3.HttpRequest.$Properties;

/** What is missing stays empty, which the decision refuses. `route` stands in a part of the message that is read apart. */
export function readGrpcCheck(message: CheckMessage, route?: CheckRequest['route']): CheckCall {
  const { source, destination, request } = message.attributes ?? {};
  const http = request?.http ?? {};
  const port = destination?.address?.socketAddress?.portValue ?? 0;
  const client = source?.address?.socketAddress?.address ?? '';
  const { headers, doubled } = readHeaders(http);
  return {
    request: {
      method: http.method ?? '',
      host: http.host ?? '',
      pathAndQuery: pathOf(http),
      headers,
      doubled,
      mayBeJoined: Object.keys(http.headers ?? {}).length > 0,
      port: knownPort(port),
      route,
    },
    client: client === '' ? undefined : client,
  };
}

/** Zero is what an absent number reads as: Envoy listens on a pipe, or its address is not known. */
export const knownPort = (port: number): number | undefined => (port === 0 ? undefined : port);

/** As text, with an exclamation mark for each byte that is no UTF-8: such a byte shows in the raw header alone. */
function pathOf({ path, headerMap }: HttpRequest): string {
  const raw = headerMap?.headers?.find(({ key }) => key === ':path')?.rawValue;
  const asSent = raw?.length ? Buffer.from(raw).toString('utf8') : '';
  return BEYOND_ASCII.test(asSent) ? asSent : (path ?? '');
}

const BEYOND_ASCII = /[\u0080-\uffff]/;

/** `headers` holds joined text, `header_map` every header by itself, as the bytes that came. */
function readHeaders(http: HttpRequest): HeaderLines {
  const lines = new HeaderLines();
  const add = (key: string, value: string): void => {
    const name = key.toLowerCase();
    // Pseudo-headers are method, path and host over again, but for the protocol of an extended CONNECT.
    if (!name.startsWith(':') || name === ':protocol') lines.add(name, value);
  };
  for (const [key, value] of Object.entries(http.headers ?? {})) add(key, value);
  for (const { key, value, rawValue } of http.headerMap?.headers ?? []) {
    add(key ?? '', rawValue?.length ? decoded(key ?? '', Buffer.from(rawValue)) : (value ?? ''));
  }
  return lines;
}

/** Cookies go back to the app, and so must keep their bytes. */
const decoded = (key: string, bytes: Buffer): string =>
  key.toLowerCase() === 'cookie' ? textOf(bytes.toString('latin1')) : bytes.toString('utf8');
