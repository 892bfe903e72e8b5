/** The changes that `Targets.apply` takes, and what it returns. */

import type { ObjectChange } from '../cluster/objects.ts';
import type { PodRefusalChange } from './refusals.ts';

export type AppliedChange = ObjectChange | RouteApiChange | PodRefusalChange;

/** Whether the Gateway API's kinds are installed. */
export interface RouteApiChange {
  readonly kind: 'RouteApi';
  readonly installed: boolean;
}

/** What a batch of changes has touched, by id: whose guards, or targets, may be others now. */
export interface Touched {
  readonly pods: ReadonlySet<string>;
  /** Bindings that were resolved anew. */
  readonly resolved: ReadonlySet<string>;
  /** Those, and the ones that guard, or guarded, one of the pods. */
  readonly bindings: ReadonlySet<string>;
}
