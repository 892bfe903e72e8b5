/** The keys of a provider's set that cannot be used: how many, which, and why. */

import type { KeySet, SkippedKey } from '../keys/keyset.ts';

export interface LeftOut {
  readonly count: number;
  /** The first of them, in the set's order. */
  readonly keys: readonly Pick<SkippedKey, 'index' | 'kid' | 'problem'>[];
}

/** So many are named. */
const MOST = 8;

/** Undefined where nothing is missing: keys for encryption and the like are not. */
export function leftOutOf({ skipped, unseen }: Pick<KeySet, 'skipped' | 'unseen'>): LeftOut | undefined {
  const missing = skipped.filter(({ isForOthers }) => isForOthers !== true);
  if (missing.length === 0) return undefined;
  return { count: missing.length + unseen, keys: missing.slice(0, MOST) };
}

/** As one text of bounded length: `keys[1] (kid "a") is private: …; keys[3] …`. */
export function describeLeftOut({ count, keys }: LeftOut): string {
  const named = keys.map(({ index, kid, problem }) => {
    const name = kid === undefined ? '' : ` (kid ${JSON.stringify(kid)})`;
    return `keys[${index}]${name} ${problem}`;
  });
  const rest = count - keys.length;
  return [...named, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}

/** Reports each source once, and again when it changes. By the source's UID. */
export interface LeftOutLog {
  note(plan: { readonly source: string; readonly uid: string }, leftOut: LeftOut | undefined): void;
  /** Forgets all others. */
  keepOnly(uids: ReadonlySet<string>): void;
}

export function createLeftOutLog(tell: (source: string, count: number, text: string) => void): LeftOutLog {
  const told = new Map<string, string>();
  return {
    note: ({ source, uid }, leftOut) => {
      const text = leftOut && describeLeftOut(leftOut);
      if (told.get(uid) === text) return;
      if (text === undefined) told.delete(uid);
      else told.set(uid, text);
      tell(source, leftOut?.count ?? 0, text ?? '');
    },
    keepOnly: (uids) => {
      for (const uid of told.keys()) if (!uids.has(uid)) told.delete(uid);
    },
  };
}
