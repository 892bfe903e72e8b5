/** A question that is asked again and again while somebody looks at the page. */

import { useEffect, useState } from 'preact/hooks';
import type { Answered } from './data.ts';

export interface Polled<T> {
  /** The last good answer, and the one before it; undefined = none yet. */
  readonly value: T | undefined;
  readonly before: T | undefined;
  /** Why the last answer was none. */
  readonly problem: string | undefined;
}

/** Milliseconds. */
const INTERVAL = 5000;
const AFTER_FAILURE = 2000;
/** A question that takes long is asked more rarely: the validator has requests to judge. */
const REST = 20;
const LONGEST = 30_000;

/** @param key what the question depends on: another key asks anew, and forgets the answers before. */
export function usePolled<T>(question: () => Promise<Answered<T>>, key: string): Polled<T> {
  const [polled, setPolled] = useState<Polled<T> & { readonly key: string }>(() => nothing(key));
  useEffect(() => {
    let over = false;
    let timer: number | undefined;
    let mayAsk = true;
    setPolled((known) => (known.key === key ? known : nothing(key)));
    const look = async (): Promise<void> => {
      if (over || !mayAsk || document.hidden) return;
      mayAsk = false;
      const began = performance.now();
      const told = await question();
      if (over) return;
      setPolled((known) =>
        told.kind === 'failed'
          ? { ...known, problem: told.problem }
          : { key, value: told.value, before: known.value, problem: undefined },
      );
      const took = performance.now() - began;
      timer = setTimeout(
        () => {
          mayAsk = true;
          void look();
        },
        told.kind === 'failed' ? AFTER_FAILURE : Math.min(LONGEST, Math.max(INTERVAL, REST * took)),
      );
    };
    const onVisible = (): void => void look();
    document.addEventListener('visibilitychange', onVisible);
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
    // The question is another function each time; the key says when it is another question.
  }, [key]);
  return polled.key === key ? polled : nothing(key);
}

const nothing = <T>(key: string): Polled<T> & { readonly key: string } => ({
  key,
  value: undefined,
  before: undefined,
  problem: undefined,
});
