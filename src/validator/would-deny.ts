/**
 * Counts the requests that bindings in mode Audit or Trial would have denied, for the status of those bindings, and chooses
 * what a poll tells of it. The operator sums up what it is told; nothing here is ever forgotten but with the binding's
 * revision, so that a poll that gets lost loses no count.
 */

import type { Policy } from '../policy/policy.ts';
import {
  countedBindings,
  HIGHEST_COUNT,
  MOST_COUNTS,
  type WouldDenyCount,
  type WouldDenyReport,
} from '../policy/would-deny.ts';

/** What the feed asks. */
export interface WouldDenyNews {
  /** What the next question tells, which acknowledges this version; undefined = nothing. */
  next(version: string | undefined): WouldDenyReport | undefined;
  /** A question has been answered: by a leader, or by nobody who could have taken note. */
  answered(byLeader: boolean): void;
}

export interface WouldDeny extends WouldDenyNews {
  /** This binding would have denied a request. */
  note(binding: string): void;
  /** Called with each policy that is put in force. */
  enforced(policy: Policy): void;
}

/** Milliseconds between two reports. One that is too long for a poll goes on with the next. */
export const REPORT_INTERVAL = 60_000;
/** Milliseconds after which all is told again: the operator may have had no use for it when it was told last. */
export const RETELL_INTERVAL = 600_000;

interface Counter {
  readonly revision: string;
  place: number;
  count: number;
  told: number;
  /** It is to be told. */
  isNews: boolean;
}

export interface WouldDenyParts {
  /** A name that no other process has. */
  readonly process: string;
  /** Milliseconds on a clock that is never set back. */
  readonly monotonic: () => number;
}

export function createWouldDeny({ process, monotonic }: WouldDenyParts): WouldDeny {
  /** By binding. */
  let counters = new Map<string, Counter>();
  let version: string | undefined;
  /** The last question was answered by a leader, so that the next one is likely to be noted. */
  let isHeard = false;
  let isUnfinished = false;
  let lastReport = Number.NEGATIVE_INFINITY;
  let lastRetold = monotonic();

  const tellAllAgain = (): void => {
    for (const counter of counters.values()) counter.isNews = counter.count > 0;
  };

  const take = (): readonly WouldDenyCount[] => {
    const news = counters.values().filter(({ isNews }) => isNews);
    const taken = [...news.take(MOST_COUNTS)];
    isUnfinished = taken.length === MOST_COUNTS;
    return taken.map((counter) => {
      const { place, count, told } = counter;
      counter.told = count;
      counter.isNews = false;
      return { place, count, told };
    });
  };

  return {
    note(binding) {
      const counter = counters.get(binding);
      if (counter === undefined || counter.count >= HIGHEST_COUNT) return;
      counter.count += 1;
      counter.isNews = true;
    },
    enforced(policy) {
      if (policy.version === version) return;
      version = policy.version;
      const before = counters;
      counters = new Map();
      for (const [place, { id, revision }] of countedBindings(policy).entries()) {
        if (revision === undefined) continue;
        const known = before.get(id);
        const counter =
          known?.revision === revision ? known : { revision, place, count: 0, told: 0, isNews: false };
        counter.place = place;
        counters.set(id, counter);
      }
      // What was told of the policy before may have come too late to count.
      tellAllAgain();
    },
    next(acknowledged) {
      if (!isHeard || acknowledged === undefined || acknowledged !== version) return undefined;
      const now = monotonic();
      if (!isUnfinished && now - lastReport < REPORT_INTERVAL) return undefined;
      if (now - lastRetold >= RETELL_INTERVAL) {
        lastRetold = now;
        tellAllAgain();
      }
      const counts = take();
      if (counts.length === 0) return undefined;
      lastReport = now;
      return { process, counts };
    },
    answered(byLeader) {
      isHeard = byLeader;
      // The next leader knows of nothing.
      if (!byLeader) tellAllAgain();
    },
  };
}
