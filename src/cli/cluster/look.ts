/** The way of a command through a cluster: a session, a reading with progress, and what could not be read. */

import { systemClock } from '../../base/clock.ts';
import type { OutsideView } from '../../coverage/view.ts';
import { createPolicies } from '../../planning/policies.ts';
import { VERSION } from '../../telemetry/version.ts';
import type { CommandSurroundings } from '../command.ts';
import type { ClusterArguments } from './options.ts';
import { createProgress } from './progress.ts';
import { type ClusterReading, readCluster } from './reading.ts';
import { openSession } from './session.ts';

export interface Look {
  readonly view: OutsideView;
  readonly unread: readonly string[];
}

export async function lookAtCluster(
  which: Pick<ClusterArguments<never, never>, 'user' | 'namespace' | 'isAll'>,
  { environment, err, isTerminal, now }: CommandSurroundings,
): Promise<Look> {
  const session = await openSession(which, environment);
  const progress = createProgress(err, isTerminal.err, systemClock);
  try {
    const reading = await readCluster(session.client, session.namespace, progress.say);
    progress.say('judging what was read');
    return { view: viewOf(reading, session.namespace, now), unread: reading.unread };
  } finally {
    progress.end();
    await session.close();
  }
}

export function viewOf(
  { changes, gatewayPods }: Pick<ClusterReading, 'changes' | 'gatewayPods'>,
  namespace: string | undefined,
  now: number,
): OutsideView {
  // What the operator may fetch over http:// is its own matter: nothing is fetched here.
  const policies = createPolicies({ allowInsecureHttp: true });
  policies.apply(changes);
  return { policies, gatewayPods, namespace, version: VERSION, now };
}
