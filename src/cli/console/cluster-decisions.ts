/** `GET /decisions` of a cluster: what its validators tell as they decide, in one stream for each listener. */

import { type Clock, sleep } from '../../base/clock.ts';
import { parseJson } from '../../base/json.ts';
import { readStreamEvent } from '../../report/decision-event.ts';
import type { RawEvent } from '../../report/event-stream.ts';
import {
  createListeners,
  EVENTS_PER_SECOND,
  EXPLAINED_PER_SECOND,
  eventText,
  type LiveListener,
} from '../../report/listeners.ts';
import { LIVE_FIELDS, type LiveDecisions, type LiveFilter } from '../../report/live.ts';
import { traceValidators } from '../admin/cluster-trace.ts';
import type { FoundValidators } from '../admin/find-validators.ts';
import type { Fleet } from '../admin/fleet.ts';
import { missingOf } from './told.ts';

export interface ClusterDecisionsParts {
  /** Validators that judge by what the filter names. */
  readonly find: (filter: LiveFilter) => Promise<FoundValidators>;
  readonly ask: Fleet['ask'];
  /** Whether the validator of a pod is believed of a binding, or of requests that no binding was found for. */
  readonly mayTell: (pod: string, binding: string | null) => boolean;
  readonly clock: Pick<Clock, 'monotonic' | 'after'>;
}

/** Characters of an event. No validator sends a longer one, also with all steps. */
const MOST_EVENT = 128 * 1024;
/** What one event can say at most to have been left out. */
const MOST_LEFT_OUT = 1_000_000;
/** Milliseconds until the command looks for validators again, where it follows none. */
const PAUSE = 10_000;
/** Milliseconds in which sentences of what is missing come together. */
const GATHERING = 1000;
const SECOND = 1000;
/** Events of a pod in a second: twice what a validator sends, for its seconds are others. */
const MOST_OF_POD = 2 * EVENTS_PER_SECOND + 8;
/** Sentences that are kept, the latest. */
const MOST_KEPT = 100;

/** The validators as listeners with one filter follow them: they are asked once for all of those. */
interface Upstream {
  readonly listeners: Set<LiveListener<LiveFilter>>;
  /** A sentence for each validator that is not followed, by its pod, and for anything else by itself. */
  readonly missing: ReadonlyMap<string, string>;
  /** Soon sends the listeners the list of what is missing. */
  tellMissing(): void;
  stop(): void;
}

export function createClusterDecisions(parts: ClusterDecisionsParts): Pick<LiveDecisions, 'listen' | 'end'> {
  const listeners = createListeners<LiveFilter>(parts.clock);
  const upstreams = new Map<string, Upstream>();

  return {
    listen(filter, sink, isExplained = false) {
      const listener = listeners.listen(filter, sink, isExplained ? EXPLAINED_PER_SECOND : EVENTS_PER_SECOND);
      if (listener === undefined) return undefined;
      const query = queryOf(filter, isExplained);
      const upstream = upstreams.get(query) ?? follow(query, filter, parts);
      upstreams.set(query, upstream);
      upstream.listeners.add(listener);
      if (upstream.missing.size > 0) upstream.tellMissing();
      return () => {
        listener.stop();
        upstream.listeners.delete(listener);
        if (upstream.listeners.size > 0) return;
        upstreams.delete(query);
        upstream.stop();
      };
    },
    end() {
      for (const upstream of upstreams.values()) upstream.stop();
      upstreams.clear();
      listeners.end();
    },
  };
}

function follow(query: string, filter: LiveFilter, parts: ClusterDecisionsParts): Upstream {
  const { ask, clock } = parts;
  const fleet = { find: () => parts.find(filter), ask };
  const over = new AbortController();
  const { signal } = over;
  const listeners: Upstream['listeners'] = new Set();
  const missing = new Map<string, string>();
  let cancelWord: (() => void) | undefined;
  const tellMissing = (): void => {
    cancelWord ??= clock.after(GATHERING, () => {
      cancelWord = undefined;
      const text = eventText('missing', missingOf([...missing.values()]));
      for (const listener of listeners) listener.send(text);
    });
  };
  const lost = (text: string, pod?: string): void => {
    // The latest stand last.
    missing.delete(pod ?? text);
    missing.set(pod ?? text, text);
    const [oldest = ''] = missing.keys();
    if (missing.size > MOST_KEPT) missing.delete(oldest);
    tellMissing();
  };
  const followed = (pod: string): void => {
    if (missing.delete(pod)) tellMissing();
  };
  const isTooMuch = createPodRates(clock);
  const heard = (event: RawEvent, pod: string): boolean => {
    // No validator sends so many: what a pod has beyond them is not even read.
    if (isTooMuch(pod)) for (const listener of listeners) listener.miss({ overRate: 1, slowReader: 0 });
    else tell(event, pod, listeners, parts);
    return true;
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      if (missing.size > 0) tellMissing();
      missing.clear();
      const end = await traceValidators(
        fleet,
        `/decisions?${query}`,
        { heard, lost, followed },
        clock,
        signal,
      );
      if (end === 'nobody') lost('no validator is followed just now');
      await sleep(clock, PAUSE, signal);
    }
  };
  run().catch(() => lost('an unexpected error has ended this: please report it as a bug'));
  return {
    listeners,
    missing,
    tellMissing,
    stop() {
      cancelWord?.();
      over.abort();
    },
  };
}

/** Returns whether a pod has sent more events in this second than a validator does. */
function createPodRates({ monotonic }: Pick<Clock, 'monotonic'>): (pod: string) => boolean {
  const sent = new Map<string, number>();
  let start = monotonic();
  return (pod) => {
    const now = monotonic();
    if (now - start >= SECOND) {
      start = now;
      sent.clear();
    }
    const count = (sent.get(pod) ?? 0) + 1;
    sent.set(pod, count);
    return count > MOST_OF_POD;
  };
}

const queryOf = (filter: LiveFilter, isExplained: boolean): string =>
  new URLSearchParams([
    ...LIVE_FIELDS.flatMap((field) => filter[field].map((value) => [field, value])),
    ...(isExplained ? [['explain', 'true']] : []),
  ]).toString();

function tell(
  { name, data }: RawEvent,
  pod: string,
  listeners: Upstream['listeners'],
  { mayTell }: Pick<ClusterDecisionsParts, 'mayTell'>,
): void {
  if (data.length > MOST_EVENT) return;
  if (name === 'left-out') {
    const event = readStreamEvent(name, parseJson(data));
    if (event.kind !== 'left-out') return;
    const { overRate, slowReader } = event.leftOut;
    const bounded = (count: number): number => Math.min(MOST_LEFT_OUT, Math.ceil(count));
    for (const listener of listeners)
      listener.miss({ overRate: bounded(overRate), slowReader: bounded(slowReader) });
    return;
  }
  // Above the rate an event is only counted: to read all that hundreds of validators tell would take too long.
  const wanting = [...listeners].filter((listener) => listener.mayGet());
  if (wanting.length === 0) return;
  const event = readStreamEvent(name, parseJson(data));
  if (event.kind !== 'decision' || !mayTell(pod, event.decision.binding)) return;
  const text = eventText('decision', event.decision);
  for (const listener of wanting) listener.send(text);
}
