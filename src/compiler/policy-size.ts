/** Which bindings of one policy are too many: an older one keeps its place, and those that still fit keep theirs. */

import { COMPILE_LIMITS } from '../matching/allowance.ts';

/** What a part of the policy takes up, in instructions. */
interface Sized {
  readonly id: string;
  readonly taken: number;
}

export interface SizedBinding extends Sized {
  /** A source that several use is counted with the first of them. */
  readonly sources: readonly Sized[];
}

/** The ids of bindings, oldest first, that find no room. */
export function withoutRoom(bindings: Iterable<SizedBinding>): ReadonlySet<string> {
  const refused = new Set<string>();
  const counted = new Set<string>();
  let left: number = COMPILE_LIMITS.policy;
  for (const { id, taken, sources } of bindings) {
    const fresh = sources.filter((source) => !counted.has(source.id));
    const needed = fresh.reduce((sum, source) => sum + source.taken, taken);
    if (needed > left) {
      refused.add(id);
      continue;
    }
    left -= needed;
    for (const source of fresh) counted.add(source.id);
  }
  return refused;
}

/** What is said of those. */
export const NO_ROOM = `with the older bindings of the same workload or gateway, its regular expressions take more than ${COMPILE_LIMITS.policy} instructions`;
