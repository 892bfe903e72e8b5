/** A question that is asked again and again while somebody looks at the page. */

import { useEffect, useState } from 'preact/hooks';
import type { Answered } from './data.ts';

export interface Polled<T> {
  /** The last good answer, and the one before it; undefined = none yet. */
  readonly value: T | undefined;
  readonly before: T | undefined;
  /** Why the last answer was none. */
  readonly problem: string | undefined;
  /** What is missing in the last good answer, a sentence each. */
  readonly missing: readonly string[];
}

/** Milliseconds. */
const INTERVAL = 5000;
const AFTER_FAILURE = 2000;
/** A question that takes long is asked more rarely: the validator has requests to judge. */
const REST = 20;
const LONGEST = 30_000;

/** @param key what the question depends on: another key asks anew, and forgets the answers before. */
export function usePolled<T>(question: () => Promise<Answered<T>>, key: string): Polled<T> {
  const [polled, setPolled] = useState<Kept<T>>(() => nothing(key));
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
      setPolled((known) => next(known, told));
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

type Kept<T> = Polled<T> & { readonly key: string };

/** The very same where nothing has changed: then nothing is drawn anew. */
function next<T>(known: Kept<T>, told: Answered<T>): Kept<T> {
  if (told.kind === 'failed') return { ...known, problem: told.problem };
  const { value, missing = [] } = told;
  if (value === known.value) return known.problem === undefined ? known : { ...known, problem: undefined };
  return { key: known.key, value, before: known.value, problem: undefined, missing };
}

const nothing = <T>(key: string): Kept<T> => ({
  key,
  value: undefined,
  before: undefined,
  problem: undefined,
  missing: [],
});
