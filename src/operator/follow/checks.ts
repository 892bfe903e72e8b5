/** Bindings and sources, held back until they are checked: some take long, and many come at once. */

import { bindingFactsInSteps } from '../../compiler/binding-facts.ts';
import { checkSourceInSteps } from '../../compiler/source.ts';
import { MOST_AT_ONCE, turnOf } from '../../process/turns.ts';
import type { ObjectChange } from '../cluster/objects.ts';

type HeldChange = Extract<ObjectChange, { kind: 'ApiBinding' | 'AuthenticationSource' }>;

export interface HeldForChecks {
  /** Takes a change; `release` gives it back. */
  take(change: HeldChange): void;
  /** Goes on with the checks for a turn, and gives back what is checked by then. Namespaces take turns. */
  release(): readonly HeldChange[];
  readonly waiting: number;
}

type Steps = Generator<number, void, void>;

interface Line {
  /** By kind and id. */
  readonly held: Map<string, HeldChange>;
  readonly steps: Steps;
}

export function createHeldForChecks(): HeldForChecks {
  const lines = new Map<string, Line>();
  let released: HeldChange[] = [];

  function* checkAll(held: Map<string, HeldChange>): Steps {
    for (const [key, change] of held) {
      yield* check(change);
      // Another one may have come in its place meanwhile.
      if (held.get(key) !== change) continue;
      held.delete(key);
      released.push(change);
    }
  }

  /** In each round every namespace does as much as fits into one turn. */
  function* rounds(): Steps {
    for (;;) {
      for (const [namespace, { steps }] of lines) {
        for (let done = 0; done < MOST_AT_ONCE; ) {
          const step = steps.next();
          if (step.done === true) {
            lines.delete(namespace);
            break;
          }
          done += step.value;
          yield step.value;
        }
      }
      if (lines.size === 0) yield MOST_AT_ONCE;
    }
  }
  const work = rounds();

  return {
    take(change) {
      const namespace = change.id.slice(0, change.id.indexOf('/'));
      const held = lines.get(namespace)?.held ?? new Map<string, HeldChange>();
      const key = `${change.kind} ${change.id}`;
      // Behind those that wait already.
      held.delete(key);
      held.set(key, change);
      if (!lines.has(namespace)) lines.set(namespace, { held, steps: checkAll(held) });
    },
    release() {
      if (lines.size > 0) turnOf(work);
      const changes = released;
      released = [];
      return changes;
    },
    get waiting() {
      return [...lines.values()].reduce((sum, { held }) => sum + held.size, 0);
    },
  };
}

/** The compiler remembers what it finds. */
function* check({ kind, object }: HeldChange): Steps {
  yield ONE;
  if (object?.kind !== 'typed') return;
  if (kind === 'ApiBinding') yield* bindingFactsInSteps(object.object);
  else yield* checkSourceInSteps(object.object);
}

/** What there is to do for the smallest one. */
const ONE = 1;
