/** Bindings and sources, held back until they are checked: some take long, and many come at once. */

import { MOST_AT_ONCE, turnOf } from '../../process/turns.ts';
import { checkInSteps, createCopies, type HeldChange, isChecked } from './checked-change.ts';

export interface HeldForChecks {
  /** Takes a change; `release` gives it back. */
  take(change: HeldChange): void;
  /**
   * Goes on with the checks for a turn, and gives back the changes that are checked by then. Namespaces take turns.
   * `isAwaited` says that the first sync, or a new leader, waits for all of them: it waits for no more than
   * `MOST_AWAITED` of checks. Then the changes that are left are given back unchecked, and the compiler refuses their objects; each is given
   * back again once it is checked.
   */
  release(isAwaited: boolean): readonly HeldChange[];
  /** So many have not been given back at all. */
  readonly waiting: number;
  /** There is something left to check. */
  readonly isBusy: boolean;
}

/**
 * In instructions: some 4 seconds. 10,000 bindings with four ordinary regular expressions and 50 characters of
 * expressions each have room.
 */
export const MOST_AWAITED = 2_500_000;

type Steps = Generator<number, void, void>;

interface Held {
  readonly change: HeldChange;
  /** It was given back before, unchecked. */
  readonly isAgain: boolean;
}

interface Line {
  /** By kind and id. */
  readonly held: Map<string, Held>;
  readonly steps: Steps;
}

export function createHeldForChecks(mostAwaited = MOST_AWAITED): HeldForChecks {
  /** By namespace. */
  const lines = new Map<string, Line>();
  const copies = createCopies();
  let released: HeldChange[] = [];
  let steps: Steps | undefined;
  /** The work that was done since the first sync, or a new leader, waits. */
  let awaited = 0;
  let notGivenBack = 0;

  const drop = (held: Map<string, Held>, key: string): Held | undefined => {
    const one = held.get(key);
    if (one?.isAgain === false) notGivenBack -= 1;
    held.delete(key);
    return one;
  };

  function* checkAll(held: Map<string, Held>): Steps {
    for (const [key, one] of held) {
      const checked = yield* checkInSteps(one.change);
      // Another one may have come in its place meanwhile.
      if (held.get(key) !== one) continue;
      drop(held, key);
      released.push(checked);
    }
  }

  /** In each round every namespace does as much as fits into one turn. */
  function* rounds(): Steps {
    while (lines.size > 0) {
      for (const [namespace, line] of lines) {
        for (let done = 0; done < MOST_AT_ONCE; ) {
          const step = line.steps.next();
          if (step.done === true) {
            lines.delete(namespace);
            break;
          }
          done += step.value;
          awaited += step.value;
          yield step.value;
        }
      }
    }
  }

  /** Behind those that wait already. */
  const hold = (change: HeldChange, isAgain: boolean): void => {
    const namespace = namespaceOf(change);
    const held = lines.get(namespace)?.held ?? new Map<string, Held>();
    drop(held, keyOf(change));
    held.set(keyOf(change), { change, isAgain });
    if (!isAgain) notGivenBack += 1;
    if (!lines.has(namespace)) lines.set(namespace, { held, steps: checkAll(held) });
  };

  const passOver = (change: HeldChange): void => {
    released.push(change);
    hold(copies.passOver(change), true);
  };

  const passOverAll = (): void => {
    const held = [...lines.values()].flatMap((line) => [...line.held.values()]);
    for (const { change, isAgain } of held) if (!isAgain) passOver(change);
  };

  return {
    take(taken) {
      const change = copies.of(taken);
      const held = lines.get(namespaceOf(change))?.held;
      const before = held && drop(held, keyOf(change));
      if (isChecked(change)) released.push(change);
      else hold(change, before?.isAgain === true);
    },
    release(isAwaited) {
      if (!isAwaited) awaited = 0;
      steps ??= rounds();
      if (turnOf(steps) !== undefined) steps = undefined;
      if (awaited >= mostAwaited && notGivenBack > 0) passOverAll();
      const changes = released;
      released = [];
      return changes;
    },
    get waiting() {
      return released.length + notGivenBack;
    },
    get isBusy() {
      return released.length + lines.size > 0;
    },
  };
}

const namespaceOf = ({ id }: HeldChange): string => id.slice(0, id.indexOf('/'));
const keyOf = ({ kind, id }: HeldChange): string => `${kind} ${id}`;
