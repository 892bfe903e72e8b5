/** What a validator's memory costs an allowed request while nobody listens to its decisions. */

import { systemClock } from '../../src/base/clock.ts';
import { createLiveDecisions } from '../../src/report/live.ts';
import { createDecisionMemory } from '../../src/report/memory.ts';
import { allowedDecision, notedCall } from '../../src/report/testing/noted.ts';
import { clientNetwork } from '../../src/validator/client-network.ts';

const MILLISECONDS = 500;
/** As many as a validator at a gateway may have. */
const DECISIONS = Array.from({ length: 200 }, (_, i) =>
  allowedDecision({ binding: `shop/b${i % 20}`, rule: `rule-${i % 10}` }),
);

/** Microseconds of CPU for one request. */
export function rememberingCost(): number {
  const parts = { clock: systemClock, networkOf: clientNetwork };
  const memory = createDecisionMemory(parts);
  const live = createLiveDecisions(parts);
  const call = notedCall();
  const begun = process.cpuUsage();
  const deadline = performance.now() + MILLISECONDS;
  let count = 0;
  while (performance.now() < deadline) {
    for (const decision of DECISIONS) {
      memory.note(call, decision, 'allowed');
      live.tell(call, decision, 'allowed', 0);
    }
    count += DECISIONS.length;
  }
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / count;
}
