/** The errors that a call can end with: gRPC's status codes, and the headers that carry them. */

import type { OutgoingHttpHeaders } from 'node:http2';

export interface CallError {
  readonly code: number;
  /** Of printable ASCII without a per cent sign, since a header holds it as it is. */
  readonly message: string;
  /** Further headers. */
  readonly headers?: OutgoingHttpHeaders;
}

const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;

/** Codes as https://github.com/grpc/grpc/blob/master/doc/statuscodes.md gives them. */
export const noSuchMethod: CallError = {
  code: UNIMPLEMENTED,
  message: 'The only method here is envoy.service.auth.v3.Authorization/Check.',
};
export const unknownCompression: CallError = {
  code: UNIMPLEMENTED,
  message: 'Messages are not taken compressed.',
  headers: { 'grpc-accept-encoding': 'identity' },
};
export const notOneMessage: CallError = { code: UNIMPLEMENTED, message: 'A check is one message.' };
export const brokenMessage: CallError = { code: INTERNAL, message: 'The message is cut short or malformed.' };
export const badTimeout: CallError = { code: INTERNAL, message: 'grpc-timeout cannot be read.' };
export const notJudged: CallError = { code: INTERNAL, message: 'The request could not be judged.' };
export const tooLate: CallError = { code: DEADLINE_EXCEEDED, message: 'The time of the call is over.' };
export const noRoom: CallError = {
  code: RESOURCE_EXHAUSTED,
  message: 'Too many messages are still to come whole.',
};
export const messageTooLarge = (bytes: number, bound: number): CallError => ({
  code: RESOURCE_EXHAUSTED,
  message: `The message is larger than max (${bytes} vs. ${bound} bytes).`,
});

/** An answer that is headers alone. */
export function errorHeaders({ code, message, headers }: CallError): OutgoingHttpHeaders {
  return {
    ':status': 200,
    'content-type': CONTENT_TYPE,
    'grpc-status': code,
    'grpc-message': message,
    ...headers,
  };
}

export const CONTENT_TYPE = 'application/grpc';
