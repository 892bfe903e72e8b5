/** HTTP/2 by the byte: frames as no client library would send them. */

import { Buffer } from 'node:buffer';

export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export const END_STREAM = 1;
export const END_HEADERS = 4;
export const PADDED = 8;

const HEAD_BYTES = 9;
const EMPTY = Buffer.alloc(0);

/** A frame (RFC 9113, section 4.1) that says the length of what it carries. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array = EMPTY): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes.writeUInt8(type, 3);
  bytes.writeUInt8(flags, 4);
  bytes.writeUInt32BE(stream, 5);
  bytes.set(payload, HEAD_BYTES);
  return bytes;
}

/** How a client begins, with settings that change nothing. */
export const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame(SETTINGS, 0, 0),
]);

/** Fields as HPACK writes them plainly (RFC 7541, section 6.2.2): no value of more than 126 bytes. */
export function fields(of: Readonly<Record<string, string>>): Buffer {
  const text = (value: string) => [Buffer.from([value.length]), Buffer.from(value)];
  return Buffer.concat(
    Object.entries(of).flatMap(([name, value]) => [Buffer.from([0]), ...text(name), ...text(value)]),
  );
}

const CALL = {
  ':method': 'POST',
  ':scheme': 'http',
  ':path': '/envoy.service.auth.v3.Authorization/Check',
  ':authority': 'validator',
  'content-type': 'application/grpc',
  te: 'trailers',
};

/** The headers of a call, some of them others than they should be. */
export const callFields = (others: Readonly<Record<string, string>> = {}): Buffer =>
  fields({ ...CALL, ...others });
