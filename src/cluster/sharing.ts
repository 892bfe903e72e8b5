/** Keeps one copy of what many objects say alike: the pods of a workload differ in little more than their names. */

/** When so many are known, all are forgotten: what is still in use goes on, unshared with what comes later. */
const MOST = 50_000;

export interface Sharing {
  /** Returns the value kept under this key, or keeps and returns that of `make`. Values of one key must be equal. */
  same<T>(kind: Shared<T>, key: string, make: () => T): T;
  text(text: string): string;
}

/** Keeps apart what has equal keys and other types. */
export class Shared<T> {
  readonly known = new WeakMap<object, Map<string, T>>();
}

const TEXTS = new Shared<string>();

/** @param most how many values of each type are known at most. */
export function createSharing(most = MOST): Sharing {
  const owner = {};
  const same = <T>(kind: Shared<T>, key: string, make: () => T): T => {
    let values = kind.known.get(owner);
    if (values === undefined) {
      values = new Map();
      kind.known.set(owner, values);
    }
    const known = values.get(key);
    if (known !== undefined) return known;
    if (values.size >= most) values.clear();
    const made = make();
    values.set(key, made);
    return made;
  };
  return { same, text: (text) => same(TEXTS, text, () => text) };
}
