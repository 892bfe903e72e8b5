/** Bounds how many reviews are judged at once. Namespaces take turns, so that many reviews of one do not delay the others. */

import type { Clock } from '../../base/clock.ts';
import { type AdmissionDecision, refuse } from './decision.ts';
import type { AdmissionRequest } from './review.ts';

type Judge = (request: AdmissionRequest) => Promise<AdmissionDecision>;

export interface Bounds {
  /** Reviews that are judged, or wait for an answer of the API server, at the same time. */
  readonly running: number;
  readonly runningOfNamespace: number;
  /** Reviews that wait for their turn. */
  readonly waiting: number;
  readonly waitingOfNamespace: number;
}

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

/** Reviews begin one by one, and the process handles other input and output between two of them. */
export function inTurn(bounds: Bounds, clock: Pick<Clock, 'after'>, judge: Judge): Judge {
  // In the order of their turns.
  const lines = new Map<string, Line>();
  let running = 0;
  let waiting = 0;
  let isScheduled = false;

  const schedule = (): void => {
    if (isScheduled || waiting === 0 || running >= bounds.running) return;
    isScheduled = true;
    clock.after(0, () => {
      isScheduled = false;
      // Where all that wait are of namespaces with enough running, the end of one of these goes on.
      if (begin()) schedule();
    });
  };
  const begin = (): boolean => {
    for (const [namespace, line] of lines) {
      const first = line.running < bounds.runningOfNamespace ? line.waiting.shift() : undefined;
      if (first === undefined) continue;
      waiting -= 1;
      running += 1;
      line.running += 1;
      lines.delete(namespace);
      lines.set(namespace, line);
      first();
      return true;
    }
    return false;
  };
  const end = (namespace: string, line: Line): void => {
    running -= 1;
    line.running -= 1;
    if (line.running === 0 && line.waiting.length === 0) lines.delete(namespace);
    schedule();
  };

  return async (request) => {
    const { namespace } = request;
    const line = lines.get(namespace) ?? { running: 0, waiting: [] };
    if (line.waiting.length >= bounds.waitingOfNamespace) return tooMany(`of namespace ${namespace} `);
    if (waiting >= bounds.waiting) return tooMany('');
    lines.set(namespace, line);
    const { promise: turn, resolve } = Promise.withResolvers<void>();
    line.waiting.push(resolve);
    waiting += 1;
    schedule();
    await turn;
    try {
      return await judge(request);
    } finally {
      end(namespace, line);
    }
  };
}

const tooMany = (whose: string): AdmissionDecision =>
  refuse(
    'TooManyRequests',
    `too many reviews ${whose}wait for Portcullis just now; try again in some seconds`,
  );
