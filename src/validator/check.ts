/** A check, which is Envoy's question about a request, over either protocol. */

import type { CheckRequest, Decision } from '../decision/decision.ts';
import type { TrialDecision } from '../decision/trial-decision.ts';
import type { MadeFrom } from '../explain/made.ts';

export interface CheckCall {
  readonly request: CheckRequest;
  /** The caller's address, for the log alone; undefined = unknown. */
  readonly client: string | undefined;
}

/** A check that has come and is not read yet. */
export interface Arrival {
  /** The request without its headers, which is cheap; over gRPC without method and path too. */
  summary(): CheckRequest;
  read(): CheckCall;
  /** True once Envoy no longer waits for the answer. */
  isGone(): boolean;
  /** The decision as its protocol can send it: an allow that the protocol cannot send becomes a denial. Never throws. */
  sendable(decision: Decision): Decision;
  /** Writes the answer. Never throws. */
  reply(decision: Decision): void;
  /** After a bug: ends the check in a way that Envoy takes for a refusal. Never throws. */
  fail(error: unknown): void;
}

/** Takes a check in. It is answered in its turn, unless Envoy no longer waits for the answer then. */
export type Ask = (arrival: Arrival) => void;

/**
 * Counts a decision, and logs it unless it is an allow. Called once for each check, before its answer is written.
 *
 * @param check need not hold its headers where the request was refused without being judged.
 * @param seconds from the arrival of the check to its decision; absent = 0. Never throws.
 * @param from what it was made from; absent where it was not judged, or nobody asks.
 */
export type RecordDecision = (
  check: CheckCall,
  decision: Decision,
  seconds?: number,
  from?: MadeFrom,
) => void;

/**
 * Takes note of what a Trial would have decided about a check, whose own decision is recorded already. Called at most
 * once for a check, after its answer has gone. Never throws.
 */
export type RecordTrial = (check: CheckCall, trial: TrialDecision, from: MadeFrom) => void;
