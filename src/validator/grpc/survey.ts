/**
 * A look over the bytes of a check before they are decoded: how much there is of what a caller can repeat, and whom
 * the check is for. It makes no objects, and stops at the first bound.
 */

import type { Buffer } from 'node:buffer';

export type Survey =
  | {
      readonly kind: 'within';
      /** As the client sent it; '' where it is missing. */
      readonly host: string;
      /** Zero where it is missing. */
      readonly port: number;
      /** Of the route that the gateway has matched, where it says so: not looked through. */
      readonly routeMetadata: Buffer | undefined;
    }
  | { readonly kind: 'refused'; readonly detail: string };

/** Of one check, in both forms together. Envoy itself takes 100 of a client unless it is configured otherwise. */
export const MAX_CHECK_HEADERS = 1000;
/** Fields of all messages on the way to the headers, those that are only skipped among them. */
export const MAX_FIELDS = 8000;

/** What a field of a message is to us; others are skipped by their length. */
type Field =
  | { readonly is: 'message' | 'header'; readonly fields: Fields }
  | { readonly is: 'host' | 'port' | 'route' };
type Fields = { readonly [number: number]: Field };

/** By the numbers of proto/ext_authz.proto. */
const PEER: Fields = {
  1: { is: 'message', fields: { 1: { is: 'message', fields: {} } } },
};
const DESTINATION: Fields = {
  1: { is: 'message', fields: { 1: { is: 'message', fields: { 3: { is: 'port' } } } } },
};
const HTTP: Fields = {
  3: { is: 'header', fields: {} },
  5: { is: 'host' },
  13: { is: 'message', fields: { 1: { is: 'header', fields: {} } } },
};
const ATTRIBUTES: Fields = {
  1: { is: 'message', fields: PEER },
  2: { is: 'message', fields: DESTINATION },
  4: { is: 'message', fields: { 2: { is: 'message', fields: HTTP } } },
  // An envoy.config.core.v3.Metadata, which matched-route.ts reads.
  13: { is: 'route' },
};
const CHECK: Fields = { 1: { is: 'message', fields: ATTRIBUTES } };

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
/** Of the fields 1 to 2^29 - 1. */
const MIN_TAG = 8;
const MAX_TAG = 2 ** 32 - 1;
const MAX_NUMBER_BYTES = 10;

const UNREADABLE = 'The check cannot be read.';

export function survey(bytes: Buffer): Survey {
  const surveyor = new Surveyor(bytes);
  const detail = surveyor.walk(CHECK, bytes.length);
  return detail === undefined
    ? { kind: 'within', host: surveyor.host, port: surveyor.port, routeMetadata: surveyor.routeMetadata }
    : { kind: 'refused', detail };
}

class Surveyor {
  host = '';
  port = 0;
  routeMetadata: Buffer | undefined;
  readonly #bytes: Buffer;
  #at = 0;
  #headers = 0;
  #fields = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Looks over one message; returns what is wrong with it. */
  walk(fields: Fields, end: number): string | undefined {
    while (this.#at < end) {
      this.#fields += 1;
      if (this.#fields > MAX_FIELDS) return `The check holds more than ${MAX_FIELDS} fields.`;
      const tag = this.#number(end);
      if (tag === undefined || tag < MIN_TAG || tag > MAX_TAG) return UNREADABLE;
      const field = fields[Math.floor(tag / 8)];
      const wireType = tag % 8;
      const problem = wireType === BYTES ? this.#bytesOf(field, end) : this.#skip(field, wireType, end);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #bytesOf(field: Field | undefined, end: number): string | undefined {
    const length = this.#number(end);
    if (length === undefined || this.#at + length > end) return UNREADABLE;
    const next = this.#at + length;
    if (field?.is === 'header') {
      this.#headers += 1;
      if (this.#headers > MAX_CHECK_HEADERS) return `The request has more than ${MAX_CHECK_HEADERS} headers.`;
    }
    if (field !== undefined) {
      if ('fields' in field) return this.walk(field.fields, next);
      if (field.is === 'host') this.host = this.#bytes.toString('utf8', this.#at, next);
      if (field.is === 'route') {
        // Nobody says it twice: which of the two counts must not be a matter of decoders.
        if (this.routeMetadata !== undefined) return UNREADABLE;
        this.routeMetadata = this.#bytes.subarray(this.#at, next);
      }
    }
    this.#at = next;
    return undefined;
  }

  #skip(field: Field | undefined, wireType: number, end: number): string | undefined {
    if (wireType === VARINT) {
      const value = this.#number(end);
      if (value === undefined) return UNREADABLE;
      if (field?.is === 'port') this.port = value;
      return undefined;
    }
    // Groups are no part of this protocol.
    if (wireType !== FIXED64 && wireType !== FIXED32) return UNREADABLE;
    this.#at += wireType === FIXED64 ? 8 : 4;
    return this.#at <= end ? undefined : UNREADABLE;
  }

  /** Undefined where the bytes end too soon, or go on after the ten that a number may have. */
  #number(end: number): number | undefined {
    let value = 0;
    for (let i = 0, scale = 1; i < MAX_NUMBER_BYTES && this.#at < end; i++, scale *= 128) {
      const byte = this.#bytes[this.#at++] ?? 0;
      // What has more than 53 bits is no length, no field and no port.
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return undefined;
  }
}
