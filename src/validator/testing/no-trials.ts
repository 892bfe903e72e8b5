/** Where a policy has no Trials. */

import type { Trials } from '../trials.ts';

export const NO_TRIALS: Trials = { on: () => undefined, judge: () => undefined };
