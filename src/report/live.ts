/** Decisions told live to a few listeners. Nothing is made of a decision while nobody listens. */

import type { Clock } from '../base/clock.ts';
import type { NotedStep } from './deciding-step.ts';
import type { DecisionEvent } from './decision-event.ts';
import { cleaned } from './kept-text.ts';
import {
  createListeners,
  EVENTS_PER_SECOND,
  EXPLAINED_PER_SECOND,
  eventText,
  type LiveSink,
} from './listeners.ts';
import {
  callerOf,
  detailsOf,
  hostOf,
  MAX_WORD,
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
  /** Somebody wants to hear the steps of decisions. */
  isExplaining(): boolean;
  /**
   * @param seconds from the arrival of the check to its decision.
   * @param explain makes the steps of the decision. Called at most once, and only where they are sent.
   */
  tell(
    call: NotedCall,
    decision: NotedDecision,
    outcome: RequestOutcome,
    seconds: number,
    explain?: () => readonly NotedStep[],
  ): void;
  /**
   * Returns the function that ends it; undefined where as many listen as may.
   *
   * @param isExplained with the steps of each decision.
   */
  listen(filter: LiveFilter, sink: LiveSink, isExplained?: boolean): (() => void) | undefined;
  /** Ends all listeners. */
  end(): void;
}

export interface LiveParts {
  readonly clock: Clock;
  readonly networkOf: NetworkOf;
}

/** Steps of one decision, and characters of what is found in one. */
const MOST_STEPS = 128;
const MAX_FINDING = 512;

export function createLiveDecisions({ clock, networkOf }: LiveParts): LiveDecisions {
  const listeners = createListeners<LiveFilter & { readonly isExplained: boolean }>(clock);

  /** Of one decision, for as many as hear of it; each text is made once. */
  const textsOf = (event: () => DecisionEvent, explain: () => readonly NotedStep[]) => {
    let plain: string | undefined;
    let explained: string | undefined;
    return (isExplained: boolean): string => {
      if (!isExplained) {
        plain ??= eventText('decision', event());
        return plain;
      }
      explained ??= eventText('decision', { ...event(), steps: toldSteps(explain()) });
      return explained;
    };
  };

  return {
    isExplaining: () =>
      listeners.all.size > 0 && listeners.all.values().some(({ filter }) => filter.isExplained),
    tell(call, decision, outcome, seconds, explain = noSteps) {
      if (listeners.all.size === 0) return;
      const textFor = textsOf(
        () => eventOf(call, decision, outcome, { seconds, now: clock.now(), networkOf }),
        explain,
      );
      for (const listener of listeners.all) {
        const { filter } = listener;
        if (fits(filter, decision, outcome) && listener.mayGet()) listener.send(textFor(filter.isExplained));
      }
    },
    listen(filter, sink, isExplained = false) {
      // Who asks for a user knows the name as it is told.
      const wanted = { ...filter, user: filter.user.map(userText), isExplained };
      return listeners.listen(wanted, sink, isExplained ? EXPLAINED_PER_SECOND : EVENTS_PER_SECOND)?.stop;
    },
    end: listeners.end,
  };
}

const noSteps = (): readonly NotedStep[] => [];

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
    mcpVersion: told(cleaned(decision.call?.version, MAX_WORD)),
    mcpMethod: told(details.mcpMethod),
    mcpName: told(details.mcpName),
    requestId: told(details.requestId),
    milliseconds: Math.round(seconds * 1_000_000) / 1000,
    detail: told(details.detail),
    tokenSays: told(details.tokenSays),
    expected: told(details.expected),
    remedy: told(details.remedy),
    steps: undefined,
  };
}

/** Findings quote what callers have sent. */
const toldSteps = (steps: readonly NotedStep[]): readonly NotedStep[] =>
  steps.slice(-MOST_STEPS).map(({ step, finding }) => ({ step, finding: cleaned(finding, MAX_FINDING) }));
