/** A check over HTTP that has come, and how its answer is written on Node.js's response. */

import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { internalError } from '../../decision/answers.ts';
import type { CheckRequest, Decision } from '../../decision/decision.ts';
import type { Arrival, CheckCall } from '../check.ts';
import { deliverable, type HttpAnswer, httpAnswer } from './answer.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { carriersOf, readHttpCheck, readSummary } from './request.ts';

/** A class, since one is made for every check: an object with functions of its own would cost more. */
export class HttpArrival implements Arrival {
  readonly message: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #inOrder: OneAtATime<HttpArrival>;
  readonly #onError: (error: unknown) => void;

  constructor(
    message: IncomingMessage,
    response: ServerResponse,
    inOrder: OneAtATime<HttpArrival>,
    onError: (error: unknown) => void,
  ) {
    this.message = message;
    this.#response = response;
    this.#inOrder = inOrder;
    this.#onError = onError;
  }

  summary(): CheckRequest {
    return readSummary(this.message);
  }

  read(): CheckCall {
    return readHttpCheck(this.message);
  }

  sendable(decision: Decision): Decision {
    return deliverable(decision, carriersOf(this.message));
  }

  /** The decision in the form of the check. */
  answer(decision: Decision): HttpAnswer {
    return httpAnswer(decision, carriersOf(this.message));
  }

  /** The other side's end of the connection makes Node.js end this one. */
  isGone(): boolean {
    const { socket } = this.message;
    return socket.destroyed || socket.writableEnded;
  }

  reply(decision: Decision): void {
    this.write(decision);
    this.#inOrder.answered(this.message.socket);
  }

  /** An answer that cannot be written as it is becomes a denial: an allow with a header missing would be none. */
  write(decision: Decision): void {
    const response = this.#response;
    try {
      send(this.answer(decision), response);
    } catch (error) {
      this.#onError(error);
      if (response.headersSent) response.destroy();
      else send(this.answer(internalError(this.read().request)), response);
    }
  }

  /** A bug costs the connection, which Envoy takes for a refusal. */
  fail(error: unknown): void {
    this.#onError(error);
    this.#response.destroy();
  }
}

function send({ status, headers, body }: HttpAnswer, response: ServerResponse): void {
  response.sendDate = false;
  response.writeHead(status, [...headers]);
  // With a text that is not in one byte each, Node.js would write the headers as UTF-8, too.
  response.end(Buffer.from(body, 'utf8').toString('latin1'), 'latin1');
}
