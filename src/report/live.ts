/** Decisions told live to a few listeners. Nothing is made of a decision while nobody listens. */

import type { Clock } from '../base/clock.ts';
import type { DecisionEvent, LeftOutEvent } from './decision-event.ts';
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

/** Where a listener's events go. */
export interface LiveSink {
  /** False while what was written before has not been read: then nothing is written. */
  isReady(): boolean;
  write(text: string): void;
  end(): void;
}

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

export const MAX_LISTENERS = 4;
/** Events that a listener gets in any one second. */
export const EVENTS_PER_SECOND = 200;
/** Milliseconds. */
const SECOND = 1000;
/** Milliseconds between two signs of life: without one, nobody notices that the other side has gone. */
const PING_INTERVAL = 15_000;

interface Listener {
  readonly filter: LiveFilter;
  readonly sink: LiveSink;
  /** When the second began in which `sent` events were sent. */
  start: number;
  sent: number;
  overRate: number;
  slowReader: number;
  /** Of the word about what was left out; undefined = nothing was. */
  cancelWord: (() => void) | undefined;
  cancelPing: () => void;
}

export function createLiveDecisions({ clock, networkOf }: LiveParts): LiveDecisions {
  const listeners = new Set<Listener>();

  const sayWhatIsMissing = (listener: Listener): void => {
    const { sink, overRate, slowReader } = listener;
    listener.cancelWord = undefined;
    if (!sink.isReady()) {
      listener.cancelWord = clock.after(SECOND, () => sayWhatIsMissing(listener));
      return;
    }
    listener.overRate = 0;
    listener.slowReader = 0;
    sink.write(eventText('left-out', { overRate, slowReader } satisfies LeftOutEvent));
  };

  /** True where one more event may be sent now. */
  const mayGet = (listener: Listener, now: number): boolean => {
    if (now - listener.start >= SECOND) {
      listener.start = now;
      listener.sent = 0;
    }
    const isTooMuch = listener.sent >= EVENTS_PER_SECOND;
    if (!isTooMuch && listener.sink.isReady()) return true;
    if (isTooMuch) listener.overRate += 1;
    else listener.slowReader += 1;
    listener.cancelWord ??= clock.after(SECOND, () => sayWhatIsMissing(listener));
    return false;
  };

  const ping = (listener: Listener): void => {
    if (listener.sink.isReady()) listener.sink.write(':\n\n');
    listener.cancelPing = clock.after(PING_INTERVAL, () => ping(listener));
  };

  const end = (listener: Listener): void => {
    listeners.delete(listener);
    listener.cancelWord?.();
    listener.cancelPing();
  };

  return {
    tell(call, decision, outcome, seconds) {
      if (listeners.size === 0) return;
      const now = clock.monotonic();
      let text: string | undefined;
      for (const listener of listeners) {
        if (!fits(listener.filter, decision, outcome) || !mayGet(listener, now)) continue;
        text ??= eventText(
          'decision',
          eventOf(call, decision, outcome, { seconds, now: clock.now(), networkOf }),
        );
        listener.sent += 1;
        listener.sink.write(text);
      }
    },
    listen(filter, sink) {
      if (listeners.size >= MAX_LISTENERS) return undefined;
      const listener: Listener = {
        // Who asks for a user knows the name as it is told.
        filter: { ...filter, user: filter.user.map(userText) },
        sink,
        start: clock.monotonic(),
        sent: 0,
        overRate: 0,
        slowReader: 0,
        cancelWord: undefined,
        cancelPing: () => {},
      };
      listeners.add(listener);
      ping(listener);
      return () => end(listener);
    },
    end() {
      for (const listener of listeners) {
        end(listener);
        listener.sink.end();
      }
    },
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

/** JSON has no line break, so that it is one line of data. */
const eventText = (name: string, data: DecisionEvent | LeftOutEvent): string =>
  `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

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
