/** A few listeners to events, each of which gets so many a second: what it does not get is counted, and said to it. */

import type { Clock } from '../base/clock.ts';
import { oneLine } from '../base/text.ts';
import type { DecisionEvent, LeftOutEvent } from './decision-event.ts';

/** Where a listener's events go. */
export interface LiveSink {
  /** False while what was written before has not been read: then nothing is written. */
  isReady(): boolean;
  write(text: string): void;
  end(): void;
}

export interface LiveListener<F> {
  readonly filter: F;
  /** Whether it may get one more event now. One that it may not get is counted. */
  mayGet(): boolean;
  /** Sends an event that it may get. */
  send(text: string): void;
  /** Counts what was left out on the way here. */
  miss(leftOut: LeftOutEvent): void;
  /** Nothing is sent to it any more. */
  stop(): void;
}

export interface Listeners<F> {
  readonly all: ReadonlySet<LiveListener<F>>;
  /**
   * Undefined where as many listen as may.
   *
   * @param perSecond events that it gets in any one second.
   */
  listen(filter: F, sink: LiveSink, perSecond?: number): LiveListener<F> | undefined;
  /** Ends all of them, and their sinks. */
  end(): void;
}

export const MAX_LISTENERS = 4;
/** Events that a listener gets in any one second. */
export const EVENTS_PER_SECOND = 200;
/** The same, of one that wants the steps: each decision is made once more for them. */
export const EXPLAINED_PER_SECOND = 20;
/** Milliseconds. */
const SECOND = 1000;
/** Milliseconds between two signs of life: without one, nobody notices that the other side has gone. */
const PING_INTERVAL = 15_000;

export function createListeners<F>(clock: Pick<Clock, 'monotonic' | 'after'>): Listeners<F> {
  const sinks = new Map<LiveListener<F>, LiveSink>();
  const all = new Set<LiveListener<F>>();
  const forget = (listener: LiveListener<F>): void => {
    all.delete(listener);
    sinks.delete(listener);
  };
  return {
    all,
    listen(filter, sink, perSecond = EVENTS_PER_SECOND) {
      if (all.size >= MAX_LISTENERS) return undefined;
      const listener = createListener({ filter, sink, perSecond }, clock, () => forget(listener));
      all.add(listener);
      sinks.set(listener, sink);
      return listener;
    },
    end() {
      for (const [listener, sink] of sinks) {
        listener.stop();
        sink.end();
      }
    },
  };
}

function createListener<F>(
  { filter, sink, perSecond }: { readonly filter: F; readonly sink: LiveSink; readonly perSecond: number },
  clock: Pick<Clock, 'monotonic' | 'after'>,
  onStop: () => void,
): LiveListener<F> {
  /** When the second began in which `sent` events were sent. */
  let start = clock.monotonic();
  let sent = 0;
  let missed: LeftOutEvent = { overRate: 0, slowReader: 0 };
  /** Of the word about what was left out; undefined = nothing was. */
  let cancelWord: (() => void) | undefined;
  let cancelPing: () => void;

  const sayWhatIsMissing = (): void => {
    cancelWord = undefined;
    if (!sink.isReady()) {
      cancelWord = clock.after(SECOND, sayWhatIsMissing);
      return;
    }
    sink.write(eventText('left-out', missed));
    missed = { overRate: 0, slowReader: 0 };
  };
  const miss = ({ overRate, slowReader }: LeftOutEvent): void => {
    missed = { overRate: missed.overRate + overRate, slowReader: missed.slowReader + slowReader };
    cancelWord ??= clock.after(SECOND, sayWhatIsMissing);
  };
  const ping = (): void => {
    if (sink.isReady()) sink.write(':\n\n');
    cancelPing = clock.after(PING_INTERVAL, ping);
  };
  ping();

  return {
    filter,
    mayGet() {
      const now = clock.monotonic();
      if (now - start >= SECOND) {
        start = now;
        sent = 0;
      }
      const isTooMuch = sent >= perSecond;
      if (!isTooMuch && sink.isReady()) return true;
      miss(isTooMuch ? { overRate: 1, slowReader: 0 } : { overRate: 0, slowReader: 1 });
      return false;
    },
    send(text) {
      sent += 1;
      sink.write(text);
    },
    miss,
    stop() {
      cancelWord?.();
      cancelPing();
      onStop();
    },
  };
}

/** JSON has no line break, so that it is one line of data. No mark in it moves a terminal: it is read without a page, too. */
export const eventText = (name: string, data: DecisionEvent | LeftOutEvent | readonly string[]): string =>
  `event: ${name}\ndata: ${oneLine(JSON.stringify(data))}\n\n`;
