/** The decisions that the view Live keeps: the latest few, however many come. */

import { type DecisionEvent, readStreamEvent } from '../report/decision-event.ts';

export const MOST_ROWS = 200;

export interface LiveRow {
  /** Counts from the first one. */
  readonly number: number;
  readonly decision: DecisionEvent;
}

export interface LiveRows {
  /** Costs next to nothing: what is pushed out again is never read. */
  add(data: string): void;
  missed(data: string): void;
  /** The latest first, at most MOST_ROWS; the same rows are the same objects as before. */
  rows(): readonly LiveRow[];
  /** How many came, and how many the validator says it left out. */
  readonly seen: number;
  readonly leftOut: number;
}

export function createLiveRows(): LiveRows {
  let waiting: { readonly number: number; readonly data: string }[] = [];
  let rows: readonly LiveRow[] = [];
  let seen = 0;
  let leftOut = 0;
  return {
    add(data) {
      seen += 1;
      waiting.push({ number: seen, data });
      // Not at each one: to move the rest costs time.
      if (waiting.length >= 2 * MOST_ROWS) waiting = waiting.slice(-MOST_ROWS);
    },
    missed(data) {
      const event = readStreamEvent('left-out', parsed(data));
      if (event.kind === 'left-out') leftOut += event.leftOut.overRate + event.leftOut.slowReader;
    },
    rows() {
      if (waiting.length === 0) return rows;
      const fresh = waiting.slice(-MOST_ROWS).flatMap(({ number, data }) => {
        const event = readStreamEvent('decision', parsed(data));
        return event.kind === 'decision' ? [{ number, decision: event.decision }] : [];
      });
      waiting = [];
      rows = [...fresh.reverse(), ...rows].slice(0, MOST_ROWS);
      return rows;
    },
    get seen() {
      return seen;
    },
    get leftOut() {
      return leftOut;
    },
  };
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
