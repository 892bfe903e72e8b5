/** Finds the bindings for which one policy has no room: those of the namespaces that take up most, the younger ones first. */

import { namespaceOf } from '../base/object-id.ts';
import { partition } from '../base/partition.ts';
import { COMPILE_LIMITS } from '../regex/allowance.ts';

/** What a part of the policy takes up, in instructions. */
interface Sized {
  /** namespace/name. */
  readonly id: string;
  readonly taken: number;
}

export interface SizedBinding extends Sized {
  readonly isTrial: boolean;
  /** A source that several use is counted with the first of them. */
  readonly sources: readonly Sized[];
}

/** The ids of bindings that find no room, of those that are given: oldest first. */
export function withoutRoom(bindings: readonly SizedBinding[]): ReadonlySet<string> {
  const refused = new Set<string>();
  if (bindings.reduce((sum, binding) => sum + together(binding), 0) <= COMPILE_LIMITS.policy) return refused;
  const counted = new Set<string>();
  let left: number = COMPILE_LIMITS.policy;
  for (const { id, taken, sources } of inOrder(bindings)) {
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

/**
 * By what a binding takes up with the older ones of its namespace: so room is given to all namespaces alike, and one
 * that fills it takes none from those that need little. Trials come last: none takes room from a binding that decides.
 */
function inOrder(bindings: readonly SizedBinding[]): readonly SizedBinding[] {
  const sums = new Map<string, number>();
  const [trials, deciding] = partition(bindings, ({ isTrial }) => isTrial);
  const placed = [...deciding, ...trials].map((binding) => {
    const namespace = namespaceOf(binding.id);
    const sum = (sums.get(namespace) ?? 0) + together(binding);
    sums.set(namespace, sum);
    return { binding, sum };
  });
  const last = ({ isTrial }: SizedBinding): number => (isTrial ? 1 : 0);
  return placed
    .toSorted((a, b) => last(a.binding) - last(b.binding) || a.sum - b.sum)
    .map(({ binding }) => binding);
}

/** With all of its sources. */
const together = ({ taken, sources }: SizedBinding): number =>
  sources.reduce((sum, source) => sum + source.taken, taken);

/** What is said of those. */
export const NO_ROOM = `with the other bindings of the same workload or gateway, of which the namespaces that need least and the older ones go first, its expressions and regular expressions take up more than ${COMPILE_LIMITS.policy} instructions`;
