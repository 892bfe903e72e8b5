/** A verification queue for tests: they end each verification themselves, on a clock of theirs. */

import { manualClock } from '../../base/testing/manual-clock.ts';
import type { Job } from '../../sources/kind.ts';
import { createVerificationQueue, type QueueLimits } from '../verification-queue.ts';

/** A job, which the queue passes on unread; tests know it by its source. */
export const job = (uid: string): Job => ({ source: { uid } }) as Job;
export const by = (source: string, namespace = 'shop', client = '') => ({ source, namespace, client });

/** A queue whose verifications take two milliseconds each and come out as the test says. */
export function setUpQueue(limits: Partial<QueueLimits> = {}) {
  const clock = manualClock();
  const running: { readonly uid: string; readonly end: (isGood: boolean) => void }[] = [];
  const main = { isLate: false };
  const queue = createVerificationQueue(
    { concurrency: 1, waiting: 100, share: 0.1, burst: 100, ...limits },
    {
      monotonic: clock.monotonic,
      isLate: () => main.isLate,
      verify: (begun) => new Promise((end) => running.push({ uid: begun.source.uid, end })),
    },
  );
  /** How many of so many jobs are taken. */
  const offer = (uid: string, count = 1, namespace = 'shop', client = '') => {
    const taken = Array.from({ length: count }, () => queue.submit(job(uid), by(uid, namespace, client)));
    return taken.filter((promise) => promise !== 'overloaded').length;
  };
  const order: string[] = [];
  /** Ends the verification that runs, and waits until the queue has taken notice. */
  const end = async (isGood: boolean) => {
    const first = running.shift();
    if (first === undefined) throw new Error('nothing runs');
    order.push(first.uid);
    clock.advance(2);
    first.end(isGood);
    await Promise.resolve();
    await Promise.resolve();
  };
  const drain = async (isGood: boolean) => {
    while (running.length > 0) await end(isGood);
  };
  return { clock, main, queue, running, order, offer, end, drain };
}
