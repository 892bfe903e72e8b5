/** Bindings, held back until they are checked: some take 50 ms, and many come at once. */

import { bindingFacts } from '../../compiler/binding.ts';
import { COMPILED_AT_ONCE } from '../../process/turns.ts';
import type { ObjectChange } from '../cluster/objects.ts';

type BindingChange = Extract<ObjectChange, { kind: 'ApiBinding' }>;

export interface HeldBindings {
  /** Takes a change; `release` gives it back. */
  take(change: BindingChange): void;
  /** Checks some of them, and gives back those. The last of them may be a large one. */
  release(): readonly BindingChange[];
  readonly waiting: number;
}

export function createHeldBindings(): HeldBindings {
  const held = new Map<string, BindingChange>();
  return {
    take(change) {
      held.set(change.id, change);
    },
    release() {
      const changes: BindingChange[] = [];
      let done = 0;
      for (const [id, change] of held) {
        if (done >= COMPILED_AT_ONCE) break;
        held.delete(id);
        changes.push(change);
        // The compiler remembers it.
        if (change.object?.kind === 'typed') done += bindingFacts(change.object.object).work;
      }
      return changes;
    },
    get waiting() {
      return held.size;
    },
  };
}
