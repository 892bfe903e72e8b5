/** Bindings that the operator knows of before it has compared them with the schema, which can take long: until then they refuse. */

import type { ObjectsByKind, StoredBinding } from './objects.ts';

/** What a binding is read from is let go of with the reading: it is as large as the binding. */
type Reading =
  | {
      readonly isOver: false;
      readonly read: () => StoredBinding;
      readonly onRead: (whole: StoredBinding) => void;
    }
  | { readonly isOver: true; readonly whole: StoredBinding };

const readings = new WeakMap<object, Reading>();

/** Notes how the binding is to be read, and gives it back. */
export function toBeRead(stored: StoredBinding, read: () => StoredBinding): StoredBinding {
  readings.set(stored, { isOver: false, read, onRead: () => {} });
  return stored;
}

/** Calls `onRead` with a binding that is to be read, when it is: it can be kept in the place of this one. */
export function whenRead<T extends ObjectsByKind[keyof ObjectsByKind]>(
  stored: T,
  onRead: (whole: T) => void,
): void {
  const reading = readings.get(stored);
  if (reading === undefined || reading.isOver) return;
  // Only bindings are to be read: this one is, and so is what is read of it.
  readings.set(stored, { ...reading, onRead: onRead as (whole: StoredBinding) => void });
}

/** The binding as it was read since; itself where it was not. */
export function readSoFar(stored: StoredBinding): StoredBinding {
  const reading = readings.get(stored);
  return reading?.isOver === true ? reading.whole : stored;
}

export const isUnread = (stored: StoredBinding): boolean => readings.get(stored)?.isOver === false;

export function readNow(stored: StoredBinding): StoredBinding {
  const reading = readings.get(stored);
  if (reading === undefined) return stored;
  if (reading.isOver) return reading.whole;
  const whole = reading.read();
  readings.set(stored, { isOver: true, whole });
  reading.onRead(whole);
  return whole;
}
