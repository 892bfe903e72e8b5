/** For tests: what routes attach to a gateway, by changes alone. */

import { createStore } from '../../cluster/store.ts';
import { createGatewayIndex } from '../../targets/gateways.ts';
import type { Attachment } from '../../targets/hosts.ts';
import type { PlanningChange } from '../policies.ts';

export function attachmentsOf(gateway: string, changes: readonly PlanningChange[]): readonly Attachment[] {
  const store = createStore();
  const index = createGatewayIndex(store);
  for (const change of changes) {
    if (change.kind !== 'HTTPRoute' && change.kind !== 'Gateway') continue;
    store.apply(change);
    index.apply(change);
  }
  return index.attachments(gateway);
}
