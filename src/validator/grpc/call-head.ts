/** Reads the headers of a call, before its message comes. */

import type { IncomingHttpHeaders } from 'node:http2';
import { badTimeout, type CallError, CONTENT_TYPE, noSuchMethod } from './status.ts';

export type CallHead =
  | {
      readonly kind: 'check';
      /** Milliseconds that the caller waits; Infinity where it does not say. */
      readonly timeout: number;
      /** How messages are compressed that say that they are. */
      readonly encoding: string | undefined;
    }
  | { readonly kind: 'error'; readonly error: CallError }
  /** It is not gRPC: an HTTP status is all that such a caller would understand. */
  | { readonly kind: 'not-grpc'; readonly status: number };

const METHOD = '/envoy.service.auth.v3.Authorization/Check';
const NOT_ALLOWED = 405;
const UNSUPPORTED_MEDIA_TYPE = 415;

export function readCallHead(headers: IncomingHttpHeaders): CallHead {
  if (headers[':method'] !== 'POST') return { kind: 'not-grpc', status: NOT_ALLOWED };
  if (!isGrpc(headers['content-type'])) return { kind: 'not-grpc', status: UNSUPPORTED_MEDIA_TYPE };
  if (headers[':path'] !== METHOD) return { kind: 'error', error: noSuchMethod };
  const timeout = readTimeout(headers['grpc-timeout']);
  if (timeout === undefined) return { kind: 'error', error: badTimeout };
  return { kind: 'check', timeout, encoding: single(headers['grpc-encoding']) };
}

/** `application/grpc`, `application/grpc+proto`, `application/grpc;…`. What else follows is another protocol: gRPC-Web. */
function isGrpc(type: string | undefined): boolean {
  if (type === CONTENT_TYPE) return true;
  return type?.startsWith(CONTENT_TYPE) === true && '+;'.includes(type.charAt(CONTENT_TYPE.length));
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  H: 3.6e6,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Undefined = it cannot be read. */
function readTimeout(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return Number.POSITIVE_INFINITY;
  const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(single(header) ?? '') ?? [];
  const scale = MILLISECONDS[unit];
  return scale === undefined ? undefined : Number(digits) * scale;
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join() : header;
