/** What a command is doing, on a terminal, when it takes longer than people wait without a word. */

import type { Clock } from '../../base/clock.ts';

export interface ProgressLine {
  /** Replaces what was said before. */
  say(text: string): void;
  /** Leaves nothing of it on the terminal. */
  end(): void;
}

/** Milliseconds. */
const QUIET = 1000;
const CLEAR_LINE = '\r\u001b[K';

/** @param isTerminal false: nothing is said. */
export function createProgress(
  write: (text: string) => void,
  isTerminal: boolean,
  clock: Pick<Clock, 'after'>,
): ProgressLine {
  let text = '';
  let isShown = false;
  const show = (): void => {
    write(`${CLEAR_LINE}${text}`);
    isShown = true;
  };
  const cancel = isTerminal ? clock.after(QUIET, show) : () => {};
  return {
    say(now) {
      text = now;
      if (isShown) show();
    },
    end() {
      cancel();
      if (isShown) write(CLEAR_LINE);
      isShown = false;
    },
  };
}
