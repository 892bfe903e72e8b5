/** What the metrics of an operator are read from, of one that leads and has nothing to do. */

import type { OperatorMetricSources } from '../operator-metrics.ts';

export const IDLE_OPERATOR: OperatorMetricSources = {
  isLeader: () => true,
  watchAges: () => [],
  validators: () => [],
  keyAges: () => [],
  keysLeftOut: () => [],
  objects: () => [],
  certificateEnd: () => undefined,
};
