/** A check that came over gRPC. Its bytes are surveyed at once, and decoded in its turn. */

import type { Buffer } from 'node:buffer';
import protobuf from 'protobufjs/minimal.js';
import { unreadableRequest } from '../../decision/answers.ts';
import type { CheckRequest as CheckedRequest, Decision } from '../../decision/decision.ts';
import type { Arrival, Ask, CheckCall, RecordDecision } from '../check.ts';
import { type CheckAnswer, grpcAnswer, withTextHeaders } from './answer.ts';
import type { UnaryCall } from './call.ts';
import { matchedRoute } from './matched-route.ts';
import { PREFIX_BYTES } from './message-reader.ts';
import { envoy } from './messages.gen.js';
import { knownPort, readGrpcCheck } from './request.ts';
import { notJudged } from './status.ts';
import { type Survey, survey } from './survey.ts';

const { CheckRequest, CheckResponse } = envoy.service.auth.v3;
type CheckMessage = envoy.service.auth.v3.CheckRequest.$Properties;

export interface GrpcServiceParts {
  readonly ask: Ask;
  readonly record: RecordDecision;
  /** Called for a bug: the call could not be answered. */
  readonly onError: (error: unknown) => void;
}

export function askOverGrpc(message: Buffer, call: UnaryCall, parts: GrpcServiceParts): void {
  const surveyed = survey(message);
  const arrival = new GrpcArrival(message, surveyed, call, parts);
  if (surveyed.kind === 'within') {
    parts.ask(arrival);
    return;
  }
  const refusal = unreadableRequest(surveyed.detail);
  parts.record({ request: arrival.summary(), client: undefined }, refusal);
  arrival.reply(refusal);
}

/** A class, since one is made for every check. */
class GrpcArrival implements Arrival {
  readonly #message: Buffer;
  readonly #surveyed: Survey;
  readonly #call: UnaryCall;
  readonly #parts: GrpcServiceParts;
  /** The header of that name, of a request that asks for an upgrade. */
  #connection: string | undefined;

  constructor(message: Buffer, surveyed: Survey, call: UnaryCall, parts: GrpcServiceParts) {
    this.#message = message;
    this.#surveyed = surveyed;
    this.#call = call;
    this.#parts = parts;
  }

  summary(): CheckedRequest {
    if (this.#surveyed.kind === 'refused') return LINE;
    const { host, port } = this.#surveyed;
    return { ...LINE, host, port: knownPort(port), route: this.#matchedRoute() };
  }

  read(): CheckCall {
    const check = readGrpcCheck(decode(this.#message), this.#matchedRoute());
    const { headers } = check.request;
    this.#connection = headers.upgrade === undefined ? undefined : headers.connection;
    return check;
  }

  #matchedRoute(): CheckedRequest['route'] {
    const metadata = this.#surveyed.kind === 'within' ? this.#surveyed.routeMetadata : undefined;
    return metadata && matchedRoute(metadata);
  }

  sendable(decision: Decision): Decision {
    return withTextHeaders(decision);
  }

  isGone(): boolean {
    return this.#call.isGone();
  }

  reply(decision: Decision): void {
    try {
      this.#call.answer(encode(grpcAnswer(decision, this.#connection)));
    } catch (error) {
      this.fail(error);
    }
  }

  /** A bug costs the call, which Envoy takes for a refusal. */
  fail(error: unknown): void {
    this.#parts.onError(error);
    this.#call.fail(notJudged);
  }
}

/** What is known of a check that was not decoded. */
const LINE: CheckedRequest = { method: '', host: '', pathAndQuery: '', headers: {}, port: undefined };

/** Unknown fields are skipped, not collected: Envoy sends more than is asked for here. */
function decode(bytes: Buffer): CheckMessage {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = true;
  return CheckRequest.decode(reader);
}

/** With the five bytes before it, which are written first and hold the length at last. */
function encode(answer: CheckAnswer): Uint8Array {
  const frame = CheckResponse.encode(answer, protobuf.Writer.create().uint32(0).fixed32(0)).finish();
  new DataView(frame.buffer, frame.byteOffset).setUint32(1, frame.length - PREFIX_BYTES);
  return frame;
}
