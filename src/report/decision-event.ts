/** One decision as `GET /decisions` of a validator's admin address tells it, in a stream of server-sent events. */

import { amount, atLeast, type Infer, list, Misshapen, optional, orNull, text } from '../policy/shape.ts';
import { outcome } from './outcome.ts';

/** The data of an event `decision`. Holds no token, no secret and no query. */
const decisionEvent = atLeast({
  /** RFC 3339. */
  time: text,
  /** namespace/name; of a Trial, that binding. Null where none was found. */
  binding: orNull(text),
  rule: orNull(text),
  outcome,
  /** One of docs/troubleshooting.md; of an allowed request why it is allowed. */
  reason: text,
  /** namespace/name. */
  source: orNull(text),
  user: orNull(text),
  /** The token's client, where the signature is good; without one the caller's network is told, as in a report. */
  client: orNull(text),
  network: orNull(text),
  method: text,
  host: text,
  /** Without query. */
  path: text,
  /** What it asks of an MCP server; null where it asks for nothing of the kind, absent from older validators. */
  mcpVersion: optional(orNull(text)),
  mcpMethod: optional(orNull(text)),
  mcpName: optional(orNull(text)),
  /** Of `x-request-id`. */
  requestId: orNull(text),
  /** From the arrival of the check to its decision. */
  milliseconds: amount,
  /** Null of an allowed request, as the next three are, which only some reasons have. */
  detail: orNull(text),
  tokenSays: orNull(text),
  expected: orNull(text),
  remedy: orNull(text),
  /** In their order, for a listener that asks for them. Of a decision that was not judged, such as for want of time: the answer alone. */
  steps: optional(list(atLeast({ step: text, finding: text }))),
});

/** The data of an event `left-out`: decisions that fitted the listener's filter, and were not sent to it. */
const leftOutEvent = atLeast({
  /** Above the rate, which is 200 a second, and 20 with steps. */
  overRate: amount,
  /** Because the listener did not read what was sent before. */
  slowReader: amount,
});

export type DecisionEvent = Infer<typeof decisionEvent>;
export type LeftOutEvent = Infer<typeof leftOutEvent>;

export type StreamEvent =
  | { readonly kind: 'decision'; readonly decision: DecisionEvent }
  | { readonly kind: 'left-out'; readonly leftOut: LeftOutEvent }
  /** Of a newer version, or nothing that a validator sends. */
  | { readonly kind: 'unknown' };

/** Reads one event of the stream: its name, and its data, which was parsed. */
export function readStreamEvent(name: string, data: unknown): StreamEvent {
  try {
    switch (name) {
      case 'decision':
        return { kind: 'decision', decision: decisionEvent(data, '') };
      case 'left-out':
        return { kind: 'left-out', leftOut: leftOutEvent(data, '') };
      default:
        return { kind: 'unknown' };
    }
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    return { kind: 'unknown' };
  }
}
