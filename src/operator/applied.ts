/** The cluster as far as the policies know it: to take in all of it takes them more than one turn. */

import type { Control } from './control.ts';
import type { Cluster } from './follow/cluster.ts';

export function appliedCluster(
  cluster: Cluster,
  { isApplied, settled }: Pick<Control, 'isApplied' | 'settled'>,
): Cluster {
  let wasApplied = false;
  return {
    ...cluster,
    hasSynced() {
      // Once it was: what comes later is not known yet, and counts as not having happened.
      wasApplied ||= cluster.hasSynced() && isApplied();
      return wasApplied;
    },
    async refresh() {
      const isFresh = await cluster.refresh();
      if (isFresh) await settled();
      return isFresh;
    },
  };
}
