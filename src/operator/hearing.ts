/** A new leader has heard of no validator yet: until they had the time to come, bindings that wait for some are kept back. */

import type { Clock } from '../base/clock.ts';

export interface HearingParts {
  readonly clock: Pick<Clock, 'after'>;
  /** Whether a validator that counts for this binding has not said anything so far. */
  readonly isAwaited: (binding: string) => boolean;
  /** `settled`: of those that were kept back, nobody is awaited any more. */
  readonly tell: (bindings: Iterable<string>, settled?: boolean) => void;
}

export interface Hearing {
  /** These may be told of; at the latest when the time is up. */
  bindings(ids: Iterable<string>): void;
  /** Everybody can be heard from now on: the time begins. */
  begin(): void;
  isKept(id: string): boolean;
  stop(): void;
}

/**
 * Milliseconds in which validators come to a new leader. Without it, every change of leaders would show in each
 * binding's status as validators that are behind, and a moment later as ones that are not.
 */
export const HEARING = 6000;

export function createHearing({ clock, isAwaited, tell }: HearingParts): Hearing {
  const kept = new Set<string>();
  let isOver = false;
  let cancel = () => {};
  return {
    bindings(ids) {
      const free: string[] = [];
      const heard: string[] = [];
      for (const id of ids) {
        if (!isOver && isAwaited(id)) kept.add(id);
        else if (kept.delete(id)) heard.push(id);
        else free.push(id);
      }
      tell(free);
      tell(heard, true);
    },
    begin() {
      cancel = clock.after(HEARING, () => {
        isOver = true;
        tell(kept, true);
        kept.clear();
      });
    },
    isKept: (id) => kept.has(id),
    stop() {
      cancel();
      isOver = true;
      kept.clear();
    },
  };
}
