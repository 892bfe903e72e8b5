/** Bindings that the operator knows of before it has compared them with the schema, which can take long: until then they refuse. */

import type { StoredBinding } from './objects.ts';

interface Unread {
  readonly read: () => StoredBinding;
  whole: StoredBinding | undefined;
}

const unread = new WeakMap<StoredBinding, Unread>();

/** Notes how the binding is to be read, and gives it back. */
export function toBeRead(stored: StoredBinding, read: () => StoredBinding): StoredBinding {
  unread.set(stored, { read, whole: undefined });
  return stored;
}

/** The binding as it was read since; itself where it was not. */
export const readSoFar = (stored: StoredBinding): StoredBinding => unread.get(stored)?.whole ?? stored;

export const isUnread = (stored: StoredBinding): boolean =>
  unread.has(stored) && readSoFar(stored) === stored;

export function readNow(stored: StoredBinding): StoredBinding {
  const found = unread.get(stored);
  if (found === undefined) return stored;
  found.whole ??= found.read();
  return found.whole;
}
