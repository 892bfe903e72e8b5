/** One unary call on a stream of HTTP/2: takes its message in, and answers once. */

import { Buffer } from 'node:buffer';
import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { MessageReader, type Room } from './message-reader.ts';
import { type CallError, CONTENT_TYPE, errorHeaders, tooLate } from './status.ts';

const ANSWERED = { ':status': 200, 'content-type': CONTENT_TYPE };
const WITH_TRAILERS = { waitForTrailers: true };
const ALL_THERE_IS = { endStream: true };
const OK = { 'grpc-status': 0 };

export interface CallParts {
  readonly room: Room;
  /** Milliseconds on a clock that is never set back. */
  readonly monotonic: () => number;
}

/** A class, since one is made for every check. */
export class UnaryCall {
  readonly #stream: ServerHttp2Stream;
  readonly #monotonic: () => number;
  readonly #deadline: number;
  readonly #reader: MessageReader;

  constructor(
    stream: ServerHttp2Stream,
    { timeout, encoding }: { readonly timeout: number; readonly encoding: string | undefined },
    { room, monotonic }: CallParts,
  ) {
    this.#stream = stream;
    this.#monotonic = monotonic;
    this.#deadline = monotonic() + timeout;
    this.#reader = new MessageReader(room, encoding);
  }

  /** Calls `done` with the message once it is whole, unless the call ends before. */
  receive(done: (message: Buffer) => void): void {
    const stream = this.#stream;
    stream.on('data', (piece: Buffer) => {
      const problem = this.#isOver() ? undefined : this.#reader.add(piece);
      if (problem !== undefined) this.fail(problem);
    });
    stream.on('end', () => {
      if (this.#isOver()) return;
      const message = this.#reader.finish();
      if (Buffer.isBuffer(message)) done(message);
      else this.fail(message);
    });
  }

  /** True once the caller no longer waits. A call whose time is over is ended here. */
  isGone(): boolean {
    if (!this.#isOver() && this.#monotonic() > this.#deadline) this.fail(tooLate);
    return this.#isOver();
  }

  /** `frame` is a message with its five bytes. */
  answer(frame: Uint8Array): void {
    if (this.isGone()) return;
    const stream = this.#stream;
    stream.respond(ANSWERED, WITH_TRAILERS);
    stream.on('wantTrailers', sayOk);
    stream.end(frame);
  }

  fail(error: CallError): void {
    if (!this.#isOver()) sayAll(this.#stream, errorHeaders(error));
  }

  /** When its stream is closed. */
  release(): void {
    this.#reader.release();
  }

  #isOver(): boolean {
    const stream = this.#stream;
    return stream.closed || stream.destroyed || stream.headersSent;
  }
}

/** Answers by headers alone, and ignores what the caller still sends. */
export function sayAll(stream: ServerHttp2Stream, headers: OutgoingHttpHeaders): void {
  stream.respond(headers, ALL_THERE_IS);
  stream.resume();
}

function sayOk(this: ServerHttp2Stream): void {
  this.sendTrailers(OK);
}
