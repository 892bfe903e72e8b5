/** For tests: what statuses are gathered from where no validator has polled. */

import type { StatusesParts } from '../statuses.ts';

export const NOTHING_OBSERVED: StatusesParts['observed'] = {
  reportOf: () => undefined,
  unmounted: () => undefined,
  gatewayPods: () => [],
  wasAsked: () => undefined,
  nodesKnown: true,
  version: '1.0.0',
  restarts: () => [],
  wouldDeny: () => undefined,
};
