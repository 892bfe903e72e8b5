/** Conditions of a status as the console shows them. */

import type { ConditionTold } from '../../console/cluster-told.ts';
import type { Condition } from '../../resources/types.gen.ts';

export const conditionsTold = (conditions: readonly Condition[] = []): readonly ConditionTold[] =>
  conditions.map(({ type, status, reason, message, lastTransitionTime }) => ({
    ...{ type, status, reason, message, since: lastTransitionTime },
  }));
