/** The decisions of all validators of a cluster that judge a binding, as they are made. */

import { mapAtOnce } from '../../base/at-once.ts';
import type { Clock } from '../../base/clock.ts';
import { parseJson } from '../../base/json.ts';
import { parseId } from '../../base/object-id.ts';
import { readStreamEvent, type StreamEvent } from '../../report/decision-event.ts';
import { eventReader } from '../../report/event-stream.ts';
import type { Fleet } from './fleet.ts';

export interface TraceListener {
  /** Returns whether more are wanted. */
  heard(event: StreamEvent): boolean;
  /** What could not be read or asked, or has ended. */
  lost(text: string): void;
}

/** Validators that are followed at a time. */
const MOST_VALIDATORS = 256;
/** Connections that are opened at a time. */
const AT_ONCE = 16;
/** Milliseconds between two looks for validators that have started. */
const PAUSE = 10_000;
/** Milliseconds without a byte: a validator says something every 15 s. */
const SILENCE = 40_000;

/** Resolves once no more are wanted, or no validator is left to follow. */
export async function traceValidators(
  fleet: Pick<Fleet, 'find' | 'ask'>,
  path: string,
  listener: TraceListener,
  clock: Pick<Clock, 'after'>,
): Promise<'enough' | 'nobody'> {
  const enough = new AbortController();
  const following = new Map<string, Promise<void>>();
  const refused = new Set<string>();
  const said = new Set<string>();
  const sayOnce = (text: string): void => {
    if (!said.has(text)) listener.lost(text);
    said.add(text);
  };
  const heard = (event: StreamEvent): void => {
    if (!enough.signal.aborted && !listener.heard(event)) enough.abort();
  };
  const begin = async (pod: string): Promise<void> => {
    const answer = await fleet.ask(parseId(pod))({ method: 'GET', path, signal: enough.signal });
    if (enough.signal.aborted) return;
    if (answer.kind === 'failed' || answer.value.status !== 200) {
      refused.add(pod);
      const why = answer.kind === 'failed' ? answer.error.message : `it answers ${answer.value.status}`;
      sayOnce(`validator ${pod} is not followed: ${why}`);
      return;
    }
    following.set(
      pod,
      readStream(answer.value.body, heard, clock).then((why) => {
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
    await pause(clock, enough.signal);
  }
  await Promise.all(following.values());
  return 'enough';
}

function pause(clock: Pick<Clock, 'after'>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(PAUSE, resolve);
  signal.addEventListener(
    'abort',
    () => {
      cancel();
      resolve();
    },
    { once: true },
  );
  return promise;
}

/** Resolves with why it has ended. */
async function readStream(
  body: AsyncIterable<Uint8Array>,
  heard: (event: StreamEvent) => void,
  clock: Pick<Clock, 'after'>,
): Promise<string> {
  const chunks = body[Symbol.asyncIterator]();
  const decoder = new TextDecoder();
  const read = eventReader();
  try {
    for (;;) {
      const { promise: silent, resolve } = Promise.withResolvers<'silent'>();
      const cancel = clock.after(SILENCE, () => resolve('silent'));
      const next = await Promise.race([chunks.next(), silent]).finally(cancel);
      if (next === 'silent') return `it has said nothing for ${SILENCE / 1000} s`;
      if (next.done === true) return 'it has ended';
      for (const { name, data } of read(decoder.decode(next.value, { stream: true }))) {
        heard(readStreamEvent(name, parseJson(data)));
      }
    }
  } catch (error) {
    return error instanceof Error ? error.message : 'it has ended';
  } finally {
    void chunks.return?.()?.catch(() => {});
  }
}
