/** A wait that can be cut short. */

import type { Clock } from '../../base/clock.ts';

export interface Pause {
  wait(milliseconds: number): Promise<void>;
  /** Ends the wait that is under way. */
  end(): void;
}

export function createPause(clock: Clock): Pause {
  let end = () => {};
  return {
    wait: (milliseconds) => {
      if (milliseconds <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const cancel = clock.after(milliseconds, resolve);
        end = () => {
          cancel();
          resolve();
        };
      });
    },
    end: () => end(),
  };
}
