/** For tests: targets over a store, which hears of each change first. */

import type { ObjectChange } from '../../cluster/objects.ts';
import { createStore } from '../../cluster/store.ts';
import { createTargets, type Targets } from '../targets.ts';

export interface TargetsWorld {
  readonly targets: Targets;
  put(...changes: readonly ObjectChange[]): ReturnType<Targets['apply']>;
}

export function startTargets(): TargetsWorld {
  const store = createStore();
  const targets = createTargets(store);
  return {
    targets,
    put(...changes) {
      for (const one of changes) store.apply(one);
      return targets.apply(changes);
    },
  };
}
