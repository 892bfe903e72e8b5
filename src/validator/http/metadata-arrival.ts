/** A client's own request for the metadata of a resource, and its answer as the client is to get it. */

import { Buffer } from 'node:buffer';
import { internalError } from '../../decision/answers.ts';
import { type Decision, isPassing } from '../../decision/decision.ts';
import type { HttpAnswer } from './answer.ts';
import { HttpArrival } from './arrival.ts';
import { readMetadataRequest } from './request.ts';

export class MetadataArrival extends HttpArrival {
  override read() {
    return readMetadataRequest(this.message);
  }

  /** Nothing of it is for an access log: whatever is said here, the client reads. There is no app to let it pass to. */
  override answer(decision: Decision): HttpAnswer {
    if (isPassing(decision)) return this.answer(internalError(this.read().request));
    const { status, headers, body } = decision;
    return {
      status,
      headers: [...headers.flat(), 'content-length', String(Buffer.byteLength(body))],
      body,
    };
  }
}
