/** Delays the comparison of bindings with the schema, which can take long: until then the bindings refuse. */

import type { ObjectsByKind, StoredBinding } from './objects.ts';

/** When the read is over, the JSON that it was made from is released: it is as large as the binding. */
type DelayedRead =
  | {
      readonly isOver: false;
      readonly read: () => StoredBinding;
      readonly onRead: (whole: StoredBinding) => void;
    }
  | { readonly isOver: true; readonly whole: StoredBinding };

const delayed = new WeakMap<object, DelayedRead>();

/** Keeps how to read the binding, and returns the binding as it is until then. */
export function toBeRead(stored: StoredBinding, read: () => StoredBinding): StoredBinding {
  delayed.set(stored, { isOver: false, read, onRead: () => {} });
  return stored;
}

/** Calls `onRead` with a binding that is to be read, when it is: it can be kept in the place of this one. */
export function whenRead<T extends ObjectsByKind[keyof ObjectsByKind]>(
  stored: T,
  onRead: (whole: T) => void,
): void {
  const delayedRead = delayed.get(stored);
  if (delayedRead === undefined || delayedRead.isOver) return;
  // Only bindings are to be read: this one is, and so is what is read of it.
  delayed.set(stored, { ...delayedRead, onRead: onRead as (whole: StoredBinding) => void });
}

/** The binding as it was read since; itself where it was not. */
export function readSoFar(stored: StoredBinding): StoredBinding {
  const delayedRead = delayed.get(stored);
  return delayedRead?.isOver === true ? delayedRead.whole : stored;
}

export const isUnread = (stored: StoredBinding): boolean => delayed.get(stored)?.isOver === false;

export function readNow(stored: StoredBinding): StoredBinding {
  const delayedRead = delayed.get(stored);
  if (delayedRead === undefined) return stored;
  if (delayedRead.isOver) return delayedRead.whole;
  const whole = delayedRead.read();
  delayed.set(stored, { isOver: true, whole });
  delayedRead.onRead(whole);
  return whole;
}
