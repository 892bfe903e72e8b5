/** The guards of one class of pods, in the order of their bindings' ids. */

import type { Guard } from './guards.ts';

export function guardOfBinding(guards: readonly Guard[], binding: string): Guard | undefined {
  let [low, high] = [0, guards.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((guards[middle]?.binding ?? '') < binding) low = middle + 1;
    else high = middle;
  }
  const found = guards[low];
  return found?.binding === binding ? found : undefined;
}

/** By binding, each in the place of the one before; undefined takes a binding's guard away. */
export function withGuards(
  guards: readonly Guard[],
  changes: ReadonlyMap<string, Guard | undefined>,
): readonly Guard[] {
  const others = guards.filter(({ binding }) => !changes.has(binding));
  const put = [...changes.values()].filter((guard) => guard !== undefined);
  return [...others, ...put].sort((a, b) => (a.binding < b.binding ? -1 : 1));
}
