/** For tests: a control loop over policies, without a cluster that is followed. */

import type { Clock } from '../../base/clock.ts';
import { createPolicies, type Policies } from '../../planning/policies.ts';
import { createLoop, type Loop, type Released } from '../loop.ts';

/** All that there is was released already. */
export const nothingHeld = (): Released => ({ changes: [], isComplete: true, isBusy: false });

export function loopOver(
  clock: Pick<Clock, 'after' | 'monotonic'>,
  onCompiled: (milliseconds: number) => void = () => {},
): { readonly policies: Policies; readonly loop: Loop } {
  const policies = createPolicies({ allowInsecureHttp: false });
  return { policies, loop: createLoop({ policies, clock, release: nothingHeld, onCompiled }) };
}
