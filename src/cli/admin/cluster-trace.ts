/** The decisions of all validators of a cluster that judge a binding, as they are made. */

import { mapAtOnce } from '../../base/at-once.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import { parseId } from '../../base/object-id.ts';
import type { RawEvent } from '../../report/event-stream.ts';
import type { Fleet } from './fleet.ts';
import { followStream } from './follow-stream.ts';

export interface TraceListener {
  /** Returns whether more are wanted. `pod`: namespace/name of the validator's. */
  heard(event: RawEvent, pod: string): boolean;
  /** What could not be read or asked, or has ended. `pod`: namespace/name of the validator's, if it is one. */
  lost(text: string, pod?: string): void;
  /** A validator is followed, also one that was lost before. */
  followed?(pod: string): void;
}

/** Validators that are followed at a time. */
const MOST_VALIDATORS = 256;
/** Connections that are opened at a time. */
const AT_ONCE = 16;
/** Milliseconds between two looks for validators that have started. */
const PAUSE = 10_000;
/** Looks after which one that could not be followed is asked again: it may start just now, or others listen to it. */
const REST = 6;

/** Resolves once no more are wanted, or no validator is left to follow. The signal says that, too. */
export async function traceValidators(
  fleet: Pick<Fleet, 'find' | 'ask'>,
  path: string,
  listener: TraceListener,
  clock: Pick<Clock, 'after'>,
  signal?: AbortSignal,
): Promise<'enough' | 'nobody'> {
  const enough = new AbortController();
  signal?.addEventListener('abort', () => enough.abort(), { once: true });
  if (signal?.aborted) enough.abort();
  const following = new Map<string, Promise<void>>();
  /** Those that could not be followed, and in which look they may be asked again. */
  const resting = new Map<string, number>();
  let looks = 0;
  /** What was said last of a pod, or of anything else. */
  const said = new Map<string, string>();
  const sayOnce = (text: string, pod?: string): void => {
    if (said.get(pod ?? text) !== text) listener.lost(text, pod);
    said.set(pod ?? text, text);
  };
  const hear = (pod: string) => (event: RawEvent) => {
    if (!enough.signal.aborted && !listener.heard(event, pod)) enough.abort();
  };
  const begin = async (pod: string): Promise<void> => {
    // What is not read to its end holds its connection until it is left.
    const over = new AbortController();
    const signal = AbortSignal.any([enough.signal, over.signal]);
    const answer = await fleet.ask(parseId(pod))({ method: 'GET', path, signal });
    if (enough.signal.aborted) return;
    if (answer.kind === 'failed' || answer.value.status !== 200) {
      over.abort();
      resting.set(pod, looks + REST);
      const why = answer.kind === 'failed' ? answer.error.message : answerText(answer.value.status);
      sayOnce(`validator ${pod} is not followed: ${why}`, pod);
      return;
    }
    resting.delete(pod);
    said.delete(pod);
    listener.followed?.(pod);
    following.set(
      pod,
      followStream(answer.value.body, hear(pod), clock).then((why) => {
        over.abort();
        following.delete(pod);
        if (!enough.signal.aborted) listener.lost(`validator ${pod} is not followed any more: ${why}`, pod);
      }),
    );
  };
  while (!enough.signal.aborted) {
    const { pods, unread } = await fleet.find();
    for (const text of unread) sayOnce(text);
    looks += 1;
    const isNew = (pod: string): boolean => !following.has(pod) && (resting.get(pod) ?? 0) <= looks;
    const room = MOST_VALIDATORS - following.size;
    const wanted = pods.filter(isNew);
    if (wanted.length > room) sayOnce(`of ${pods.length} validators ${MOST_VALIDATORS} are followed`);
    await mapAtOnce(wanted.slice(0, room), AT_ONCE, begin);
    if (enough.signal.aborted) break;
    if (following.size === 0) return 'nobody';
    await sleep(clock, PAUSE, enough.signal);
  }
  await Promise.all(following.values());
  return 'enough';
}

const answerText = (status: number): string =>
  status === 400
    ? 'it answers 400: it may be of a version that does not know what is asked for'
    : `it answers ${status}`;
