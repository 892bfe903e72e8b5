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
  /** What could not be read or asked, or has ended. */
  lost(text: string): void;
}

/** Validators that are followed at a time. */
const MOST_VALIDATORS = 256;
/** Connections that are opened at a time. */
const AT_ONCE = 16;
/** Milliseconds between two looks for validators that have started. */
const PAUSE = 10_000;

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
  const refused = new Set<string>();
  const said = new Set<string>();
  const sayOnce = (text: string): void => {
    if (!said.has(text)) listener.lost(text);
    said.add(text);
  };
  const hear = (pod: string) => (event: RawEvent) => {
    if (!enough.signal.aborted && !listener.heard(event, pod)) enough.abort();
  };
  const begin = async (pod: string): Promise<void> => {
    const answer = await fleet.ask(parseId(pod))({ method: 'GET', path, signal: enough.signal });
    if (enough.signal.aborted) return;
    if (answer.kind === 'failed' || answer.value.status !== 200) {
      refused.add(pod);
      const why = answer.kind === 'failed' ? answer.error.message : answerText(answer.value.status);
      sayOnce(`validator ${pod} is not followed: ${why}`);
      return;
    }
    following.set(
      pod,
      followStream(answer.value.body, hear(pod), clock).then((why) => {
        following.delete(pod);
        if (!enough.signal.aborted) listener.lost(`validator ${pod} is not followed any more: ${why}`);
      }),
    );
  };
  while (!enough.signal.aborted) {
    const { pods, unread } = await fleet.find();
    for (const text of unread) sayOnce(text);
    const isNew = (pod: string): boolean => !following.has(pod) && !refused.has(pod);
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
