/** The guards of one class of pods, in the order of their bindings' ids: one put in the place of another. */

import type { Guard } from './guards.ts';

/** Where the binding's guard stands, or would. */
function placeOf(guards: readonly Guard[], binding: string): number {
  let [low, high] = [0, guards.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((guards[middle]?.binding ?? '') < binding) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function guardOfBinding(guards: readonly Guard[], binding: string): Guard | undefined {
  const found = guards[placeOf(guards, binding)];
  return found?.binding === binding ? found : undefined;
}

/** Undefined takes the binding's guard away. */
export function withGuard(
  guards: readonly Guard[],
  binding: string,
  guard: Guard | undefined,
): readonly Guard[] {
  const at = placeOf(guards, binding);
  const known = guards[at]?.binding === binding ? 1 : 0;
  return guards.toSpliced(at, known, ...(guard === undefined ? [] : [guard]));
}
