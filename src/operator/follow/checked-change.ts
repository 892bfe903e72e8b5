/** A change of a binding or a source, and what checking it means. */

import { bindingFactsInSteps, hasBindingFacts, passOverBinding } from '../../compiler/binding-facts.ts';
import { checkSourceInSteps, isSourceChecked, passOverSource } from '../../compiler/source.ts';
import type { ApiBinding, AuthenticationSource } from '../../resources/types.gen.ts';
import type { ObjectChange } from '../cluster/objects.ts';

export type HeldChange = Extract<ObjectChange, { kind: 'ApiBinding' | 'AuthenticationSource' }>;

/** Of what is deleted, or breaks the schema, there is nothing to check. */
export function isChecked(change: HeldChange): boolean {
  if (change.object?.kind !== 'typed') return true;
  return change.kind === 'ApiBinding'
    ? hasBindingFacts(change.object.object)
    : isSourceChecked(change.object.object);
}

/** The compiler remembers what it finds. */
export function* checkInSteps(change: HeldChange): Generator<number, void, void> {
  yield 1;
  if (change.object?.kind !== 'typed') return;
  if (change.kind === 'ApiBinding') yield* bindingFactsInSteps(change.object.object);
  else yield* checkSourceInSteps(change.object.object);
}

/** Of objects that are refused unchecked. What is remembered of one is not remembered of its copy. */
export interface Copies {
  /** Whoever compiles the object refuses it from now on. The answer is to be checked in its place. */
  passOver(change: HeldChange): HeldChange;
  /** With the copy in the place of an object that was passed over. */
  of(change: HeldChange): HeldChange;
}

export function createCopies(): Copies {
  const bindings = new WeakMap<ApiBinding, ApiBinding>();
  const sources = new WeakMap<AuthenticationSource, AuthenticationSource>();
  const of = (change: HeldChange): HeldChange => {
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
