/** Decisions told live to a few listeners. Nothing is made of a decision while nobody listens. */

import type { Clock } from '../base/clock.ts';
import type { DecisionEvent } from './decision-event.ts';
import { createListeners, eventText, type LiveSink } from './listeners.ts';
import {
  callerOf,
  detailsOf,
  hostOf,
  type NetworkOf,
  type NotedCall,
  type NotedDecision,
  told,
  userText,
} from './noted.ts';
import type { RequestOutcome } from './outcome.ts';

/** What a listener wants to hear of: one of each that is named, or all where none is. */
export type LiveFilter = Readonly<Record<LiveField, readonly string[]>>;

export const LIVE_FIELDS = ['binding', 'outcome', 'reason', 'rule', 'user'] as const;
export type LiveField = (typeof LIVE_FIELDS)[number];

export interface LiveDecisions {
  /** @param seconds from the arrival of the check to its decision. */
  tell(call: NotedCall, decision: NotedDecision, outcome: RequestOutcome, seconds: number): void;
  /** Returns the function that ends it; undefined where as many listen as may. */
  listen(filter: LiveFilter, sink: LiveSink): (() => void) | undefined;
  /** Ends all listeners. */
  end(): void;
}

export interface LiveParts {
  readonly clock: Clock;
  readonly networkOf: NetworkOf;
}

export function createLiveDecisions({ clock, networkOf }: LiveParts): LiveDecisions {
  const listeners = createListeners<LiveFilter>(clock);
  return {
    tell(call, decision, outcome, seconds) {
      let text: string | undefined;
      for (const listener of listeners.all) {
        if (!fits(listener.filter, decision, outcome) || !listener.mayGet()) continue;
        text ??= eventText(
          'decision',
          eventOf(call, decision, outcome, { seconds, now: clock.now(), networkOf }),
        );
        listener.send(text);
      }
    },
    // Who asks for a user knows the name as it is told.
    listen: (filter, sink) => listeners.listen({ ...filter, user: filter.user.map(userText) }, sink)?.stop,
    end: listeners.end,
  };
}

function fits(
  filter: LiveFilter,
  { binding, reason, rule, user }: NotedDecision,
  outcome: RequestOutcome,
): boolean {
  const has = (wanted: readonly string[], value: string | undefined): boolean =>
    wanted.length === 0 || wanted.includes(value ?? '');
  // Who does not ask for a Trial wants to hear of where it differs.
  const isAsked = outcome !== 'same' || filter.binding.length + filter.outcome.length > 0;
  return (
    isAsked &&
    has(filter.binding, binding) &&
    has(filter.outcome, outcome) &&
    has(filter.reason, reason) &&
    has(filter.rule, rule) &&
    (filter.user.length === 0 || filter.user.includes(userText(user)))
  );
}

function eventOf(
  { request, client: address }: NotedCall,
  decision: NotedDecision,
  outcome: RequestOutcome,
  {
    seconds,
    now,
    networkOf,
  }: { readonly seconds: number; readonly now: number; readonly networkOf: NetworkOf },
): DecisionEvent {
  const { source, user, client, network } = callerOf(decision, address, networkOf);
  const details = detailsOf(decision, request);
  return {
    time: new Date(now).toISOString(),
    binding: decision.binding ?? null,
    rule: decision.rule ?? null,
    outcome,
    reason: decision.reason,
    source: told(source),
    user: told(user),
    client: told(client),
    network: told(network),
    method: details.method,
    host: hostOf(request),
    path: details.path,
    requestId: told(details.requestId),
    milliseconds: Math.round(seconds * 1_000_000) / 1000,
    detail: told(details.detail),
    tokenSays: told(details.tokenSays),
    expected: told(details.expected),
    remedy: told(details.remedy),
  };
}
