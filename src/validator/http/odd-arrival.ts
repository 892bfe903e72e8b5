/** A check whose method Node.js does not know, and its answer, which is the last on the connection. */

import type { Duplex } from 'node:stream';
import type { CheckRequest, Decision } from '../../decision/decision.ts';
import type { Arrival, CheckCall } from '../check.ts';
import { deliverable, httpAnswer, rawAnswer } from './answer.ts';
import { sayLast } from './last-answer.ts';
import type { Head } from './odd-method.ts';
import { carriersOf, readHttpCheck, readSummary } from './request.ts';

/** Of a head that `readOddMethod` read. */
export class OddArrival implements Arrival {
  readonly #head: Head;
  readonly #socket: Duplex;
  readonly #onError: (error: unknown) => void;

  constructor(head: Head, socket: Duplex, onError: (error: unknown) => void) {
    this.#head = head;
    this.#socket = socket;
    this.#onError = onError;
    socket.on('error', () => socket.destroy());
  }

  summary(): CheckRequest {
    return readSummary(this.#head);
  }

  read(): CheckCall {
    return readHttpCheck(this.#head);
  }

  sendable(decision: Decision): Decision {
    return deliverable(decision, carriersOf(this.#head));
  }

  isGone(): boolean {
    return this.#socket.destroyed || this.#socket.writableEnded;
  }

  reply(decision: Decision): void {
    try {
      sayLast(this.#socket, rawAnswer(httpAnswer(decision, carriersOf(this.#head))));
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    this.#onError(error);
    this.#socket.destroy();
  }
}
