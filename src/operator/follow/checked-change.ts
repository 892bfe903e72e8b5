/** A change of a binding or a source, and what checking it means. */

import type { ObjectChange, StoredBinding } from '../../cluster/objects.ts';
import { isUnread, readNow, readSoFar } from '../../cluster/unread.ts';
import { bindingFactsInSteps, hasBindingFacts, passOverBinding } from '../../compiler/binding-facts.ts';
import { checkSourceInSteps, isSourceChecked, passOverSource } from '../../compiler/source.ts';
import type { ApiBinding, AuthenticationSource } from '../../resources/types.gen.ts';
import { readCost } from './first-reads.ts';

export type HeldChange = Extract<ObjectChange, { kind: 'ApiBinding' | 'AuthenticationSource' }>;

/** Of what is deleted, or breaks the schema, there is nothing to check. */
export function isChecked(change: HeldChange): boolean {
  if (change.object?.kind !== 'typed') return !isToBeRead(change);
  return change.kind === 'ApiBinding'
    ? hasBindingFacts(change.object.object)
    : isSourceChecked(change.object.object);
}

const isToBeRead = ({ kind, object }: HeldChange): boolean =>
  kind === 'ApiBinding' && object?.kind === 'refused' && isUnread(object);

/** To compare a value with the schema takes as long as to compile so many instructions. */
const VALUE = 3;

/** The compiler remembers what it finds. The answer is the change as it was read by then. */
export function* checkInSteps(taken: HeldChange): Generator<number, HeldChange, void> {
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

/** Of objects that are refused unchecked. What is remembered of one is not remembered of its copy. */
export interface Copies {
  /** Whoever compiles the object refuses it from now on. The answer is to be checked in its place. */
  passOver(change: HeldChange): HeldChange;
  /** As it was read by now, with the copy in the place of an object that was passed over. */
  of(change: HeldChange): HeldChange;
}

export function createCopies(): Copies {
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
