/** Reads single fields of a message in protobuf's wire format, without the code of its type. */

import type { Buffer } from 'node:buffer';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const MAX_NUMBER_BYTES = 10;

/** The field's values, which are bytes, in their order; undefined where the message cannot be read. */
export function bytesOf(message: Buffer, field: number): readonly Buffer[] | undefined {
  const found: Buffer[] = [];
  const cursor = new Cursor(message);
  while (!cursor.isAtEnd()) {
    const tag = cursor.number();
    const value = tag === undefined ? undefined : cursor.value(tag % 8);
    if (tag === undefined || value === undefined) return undefined;
    if (Math.floor(tag / 8) === field && tag % 8 === BYTES) found.push(value);
  }
  return found;
}

/** Of a field that comes more than once, the last one counts. */
export function lastOf(message: Buffer, field: number): Buffer | undefined {
  return bytesOf(message, field)?.at(-1);
}

class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Undefined where the bytes end too soon, or go on after the ten that a number may have. */
  number(): number | undefined {
    let value = 0;
    for (let i = 0, scale = 1; i < MAX_NUMBER_BYTES && !this.isAtEnd(); i++, scale *= 128) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return undefined;
  }

  /** Takes a value of that wire type; of a number, its bytes. Undefined where it cannot be read. */
  value(wireType: number): Buffer | undefined {
    const start = this.#at;
    switch (wireType) {
      case VARINT:
        return this.number() === undefined ? undefined : this.#bytes.subarray(start, this.#at);
      case FIXED64:
        return this.#take(8);
      case FIXED32:
        return this.#take(4);
      case BYTES: {
        const length = this.number();
        return length === undefined ? undefined : this.#take(length);
      }
      default:
        // Groups are no part of these messages.
        return undefined;
    }
  }

  #take(length: number): Buffer | undefined {
    const end = this.#at + length;
    if (end > this.#bytes.length) return undefined;
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
