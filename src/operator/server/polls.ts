/** Keeps polls waiting until there is an answer: finds them by what they depend on, and looks at them again in turn. */

import type { Clock } from '../../base/clock.ts';
import { add, remove, type SetsByKey } from '../../base/sets-by-key.ts';
import { POLL_HOLD, POLL_JITTER } from '../../policy/exchange.ts';
import type { Reader, ServedChange } from './served-policies.ts';

export interface HeldPoll {
  readonly reader: Reader;
  /**
   * Looks whether there is an answer, and gives it; soon there must be one when the time is up. What it returns is the
   * answer's bytes; undefined: there is none yet.
   */
  settle(isOver: boolean): number | undefined;
}

export interface Polls {
  /** Until it settles; the function that it returns ends it before. */
  hold(poll: HeldPoll): () => void;
  wake(change: ServedChange): void;
  /** Everything is settled at once, as if its time were up. */
  end(): void;
  readonly size: number;
}

/** A validator has one; when it was restarted, the one from before may still be there. */
const MAX_PER_POD = 2;
/** Milliseconds until one that has no answer yet, though its time is up, is looked at again. */
const SOON = 100;
/** Between two turns others have theirs: probes, leases, acknowledgements. */
const ANSWERS_PER_TURN = 64;
/** The last answer of a turn may be a large one, which takes some 10 ms to be written. */
const BYTES_PER_TURN = 1024 * 1024;

const NO_POLLS: ReadonlySet<HeldPoll> = new Set();

export function createPolls(clock: Pick<Clock, 'after'>, random: () => number): Polls {
  /** With what ends each one's time. */
  const held = new Map<HeldPoll, () => void>();
  /** In the order in which they came. */
  const byPod: SetsByKey<HeldPoll> = new Map();
  const byGateway: SetsByKey<HeldPoll> = new Map();
  const woken = new Set<HeldPoll>();
  let isWaking = false;

  const drop = (poll: HeldPoll): void => {
    held.get(poll)?.();
    held.delete(poll);
    woken.delete(poll);
    remove(byPod, poll.reader.pod, poll);
    if (poll.reader.gateway !== undefined) remove(byGateway, poll.reader.gateway, poll);
  };
  const settle = (poll: HeldPoll, isOver: boolean): number => {
    const bytes = poll.settle(isOver);
    if (bytes !== undefined) drop(poll);
    else if (isOver) answerWithin(poll, SOON);
    return bytes ?? 0;
  };
  const answerWithin = (poll: HeldPoll, milliseconds: number): void => {
    held.get(poll)?.();
    held.set(
      poll,
      clock.after(milliseconds, () => void settle(poll, true)),
    );
  };

  const wakeSome = (): void => {
    let bytes = 0;
    for (const poll of [...woken.values().take(ANSWERS_PER_TURN)]) {
      if (bytes >= BYTES_PER_TURN) break;
      woken.delete(poll);
      bytes += settle(poll, false);
    }
    isWaking = woken.size > 0;
    if (isWaking) setImmediate(wakeSome);
  };

  return {
    hold(poll) {
      const { pod, gateway } = poll.reader;
      const milliseconds = POLL_HOLD + POLL_JITTER * (2 * random() - 1);
      answerWithin(poll, milliseconds);
      if (gateway !== undefined) add(byGateway, gateway, poll);
      add(byPod, pod, poll);
      const ofPod = byPod.get(pod) ?? NO_POLLS;
      for (const oldest of ofPod) {
        if (ofPod.size <= MAX_PER_POD) break;
        settle(oldest, true);
      }
      return () => drop(poll);
    },
    wake({ pods, gateways }) {
      for (const pod of pods) for (const poll of byPod.get(pod) ?? []) woken.add(poll);
      for (const gateway of gateways) for (const poll of byGateway.get(gateway) ?? []) woken.add(poll);
      if (isWaking || woken.size === 0) return;
      isWaking = true;
      // Changes that come together are answered together.
      setImmediate(wakeSome);
    },
    end() {
      for (const poll of [...held.keys()]) settle(poll, true);
    },
    get size() {
      return held.size;
    },
  };
}
