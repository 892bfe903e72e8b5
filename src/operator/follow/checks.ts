/** Holds back bindings and sources until they are checked: some checks take long, and many objects come at once. */

import { namespaceOf } from '../../base/object-id.ts';
import type { ObjectChange, StoredBinding } from '../../cluster/objects.ts';
import { isUnread, readNow, readSoFar } from '../../cluster/unread.ts';
import { bindingFactsInSteps, hasBindingFacts, passOverBinding } from '../../compiler/binding-facts.ts';
import { checkSourceInSteps, isSourceChecked, passOverSource } from '../../compiler/source.ts';
import { MOST_AT_ONCE, turnOf } from '../../process/turns.ts';
import type { ApiBinding, AuthenticationSource } from '../../resources/types.gen.ts';
import { readCost } from './first-reads.ts';

export type HeldChange = Extract<ObjectChange, { kind: 'ApiBinding' | 'AuthenticationSource' }>;

export interface HeldForChecks {
  /** Takes a change; `release` returns it. */
  take(change: HeldChange): void;
  /**
   * Goes on with the checks for a turn, and returns the changes that are checked by then. Namespaces take turns.
   * `isAwaited` says that the first sync, or a new leader, waits for all of them. After `MOST_AWAITED` of checks, the
   * changes that are left are returned unchecked, and the compiler refuses their objects; each is returned again once
   * it is checked.
   */
  release(isAwaited: boolean): readonly HeldChange[];
  /** The number of changes that have not been returned, checked or unchecked. */
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

interface UncheckedChange {
  readonly change: HeldChange;
  /** `release` has returned the change before, unchecked. */
  readonly isAgain: boolean;
}

interface NamespaceChecks {
  /** By kind and id. */
  readonly held: Map<string, UncheckedChange>;
  readonly steps: Steps;
}

export function createHeldForChecks(mostAwaited = MOST_AWAITED): HeldForChecks {
  /** By namespace. */
  const byNamespace = new Map<string, NamespaceChecks>();
  const copies = createCopies();
  let released: HeldChange[] = [];
  let steps: Steps | undefined;
  /** The work that was done since the first sync, or a new leader, waits. */
  let awaited = 0;
  let notGivenBack = 0;

  const drop = (held: Map<string, UncheckedChange>, key: string): UncheckedChange | undefined => {
    const one = held.get(key);
    if (one?.isAgain === false) notGivenBack -= 1;
    held.delete(key);
    return one;
  };

  function* checkAll(held: Map<string, UncheckedChange>): Steps {
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
    while (byNamespace.size > 0) {
      for (const [namespace, one] of byNamespace) {
        for (let done = 0; done < MOST_AT_ONCE; ) {
          const step = one.steps.next();
          if (step.done === true) {
            byNamespace.delete(namespace);
            break;
          }
          done += step.value;
          awaited += step.value;
          yield step.value;
        }
      }
    }
  }

  /** Puts the change behind those that wait already. */
  const hold = (change: HeldChange, isAgain: boolean): void => {
    const namespace = namespaceOf(change.id);
    const held = byNamespace.get(namespace)?.held ?? new Map<string, UncheckedChange>();
    drop(held, keyOf(change));
    held.set(keyOf(change), { change, isAgain });
    if (!isAgain) notGivenBack += 1;
    if (!byNamespace.has(namespace)) byNamespace.set(namespace, { held, steps: checkAll(held) });
  };

  const passOver = (change: HeldChange): void => {
    released.push(change);
    hold(copies.passOver(change), true);
  };

  const passOverAll = (): void => {
    const held = [...byNamespace.values()].flatMap((one) => [...one.held.values()]);
    for (const { change, isAgain } of held) if (!isAgain) passOver(change);
  };

  return {
    take(taken) {
      const change = copies.of(taken);
      const held = byNamespace.get(namespaceOf(change.id))?.held;
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
      return released.length + byNamespace.size > 0;
    },
  };
}

const keyOf = ({ kind, id }: HeldChange): string => `${kind} ${id}`;

/** Of what is deleted, or breaks the schema, there is nothing to check. */
function isChecked(change: HeldChange): boolean {
  if (change.object?.kind !== 'typed') return !isToBeRead(change);
  return change.kind === 'ApiBinding'
    ? hasBindingFacts(change.object.object)
    : isSourceChecked(change.object.object);
}

const isToBeRead = ({ kind, object }: HeldChange): boolean =>
  kind === 'ApiBinding' && object?.kind === 'refused' && isUnread(object);

/** To compare a value with the schema takes as long as to compile so many instructions. */
const VALUE = 3;

/** Checks the object; the compiler keeps the result. Returns the change with the object as it was read by then. */
function* checkInSteps(taken: HeldChange): Generator<number, HeldChange, void> {
  yield 1;
  const change = whole(taken, readNow);
  if (taken.kind === 'ApiBinding' && taken.object?.kind === 'refused' && change !== taken) {
    yield VALUE * readCost(taken.object.written);
  }
  if (change.object?.kind !== 'typed') return change;
  if (change.kind === 'ApiBinding') yield* bindingFactsInSteps(change.object.object);
  else yield* checkSourceInSteps(change.object.object);
  return change;
}

function whole(change: HeldChange, read: (stored: StoredBinding) => StoredBinding): HeldChange {
  if (change.kind !== 'ApiBinding' || change.object === undefined) return change;
  const object = read(change.object);
  return object === change.object ? change : { ...change, object };
}

/** Makes copies of objects that the compiler refuses unchecked: it keeps what it compiled for an object, and checks a copy again. */
interface Copies {
  /** The compiler refuses the object from now on. Returns the change that is to be checked in its place. */
  passOver(change: HeldChange): HeldChange;
  /** The change with its object as it was read by now, or with the copy of an object that was passed over. */
  of(change: HeldChange): HeldChange;
}

function createCopies(): Copies {
  const bindings = new WeakMap<ApiBinding, ApiBinding>();
  const sources = new WeakMap<AuthenticationSource, AuthenticationSource>();
  const of = (taken: HeldChange): HeldChange => {
    const change = whole(taken, readSoFar);
    if (change.object?.kind !== 'typed') return change;
    if (change.kind === 'ApiBinding') {
      const object = bindings.get(change.object.object) ?? change.object.object;
      return { ...change, object: { ...change.object, object } };
    }
    const object = sources.get(change.object.object) ?? change.object.object;
    return { ...change, object: { ...change.object, object } };
  };
  return {
    of,
    passOver(change) {
      if (change.object?.kind !== 'typed') return change;
      if (change.kind === 'ApiBinding') {
        const { object } = change.object;
        passOverBinding(object);
        bindings.set(object, { ...object });
      } else {
        const { object } = change.object;
        passOverSource(object);
        sources.set(object, { ...object });
      }
      return of(change);
    },
  };
}
