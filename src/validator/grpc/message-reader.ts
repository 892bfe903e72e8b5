/** The one message of a call, out of pieces as they come: five bytes before it say how long it is. */

import { Buffer } from 'node:buffer';
import {
  brokenMessage,
  type CallError,
  messageTooLarge,
  noRoom,
  notOneMessage,
  unknownCompression,
} from './status.ts';

/** Envoy takes 60 KiB of headers from a client. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Whether it is compressed, and its length. */
export const PREFIX_BYTES = 5;
/** Of all messages that came in several pieces, until their calls are over. */
export const MAX_HELD_BYTES = 64 * 1024 * 1024;
const MIN_GROWTH = 1024;

/** How much room there is for all messages that come in pieces. A message that comes in one takes none. */
export class Room {
  #left = MAX_HELD_BYTES;

  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#left += bytes;
  }
}

export class MessageReader {
  readonly #room: Room;
  readonly #encoding: string | undefined;
  /** With its five bytes, and perhaps some that are not filled yet. */
  #bytes: Buffer = EMPTY;
  #length = 0;
  #held = 0;

  constructor(room: Room, encoding: string | undefined) {
    this.#room = room;
    this.#encoding = encoding;
  }

  /** Takes a piece in; returns what is wrong so far. */
  add(piece: Buffer): CallError | undefined {
    const length = this.#length + piece.length;
    if (this.#length === 0) this.#bytes = piece;
    else {
      if (!this.#grow(length)) return noRoom;
      piece.copy(this.#bytes, this.#length);
    }
    this.#length = length;
    if (length < PREFIX_BYTES) return undefined;
    const announced = this.#bytes.readUInt32BE(1);
    if (this.#bytes[0] !== 0) return this.#compressed();
    if (announced > MAX_MESSAGE_BYTES) return messageTooLarge(announced, MAX_MESSAGE_BYTES);
    return length > PREFIX_BYTES + announced ? notOneMessage : undefined;
  }

  /** Nothing more comes: the message, or what is wrong with it. */
  finish(): Buffer | CallError {
    const length = this.#length;
    if (length === 0) return notOneMessage;
    if (length < PREFIX_BYTES || length < PREFIX_BYTES + this.#bytes.readUInt32BE(1)) return brokenMessage;
    return this.#bytes.subarray(PREFIX_BYTES, length);
  }

  /** Gives back what it holds; nothing may be asked of it any more. */
  release(): void {
    this.#room.giveBack(this.#held);
    this.#held = 0;
    this.#bytes = EMPTY;
  }

  /** By at least as much again, so that pieces of one byte cost no more than large ones. */
  #grow(length: number): boolean {
    if (this.#held >= length) return true;
    const size = Math.max(MIN_GROWTH, 2 * length);
    if (!this.#room.take(size - this.#held)) return false;
    this.#held = size;
    const larger = Buffer.allocUnsafe(size);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    return true;
  }

  #compressed(): CallError {
    return this.#encoding === undefined || this.#encoding === 'identity' ? brokenMessage : unknownCompression;
  }
}

const EMPTY = Buffer.alloc(0);
