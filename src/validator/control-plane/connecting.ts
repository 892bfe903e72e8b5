/** A bound on connecting: the node of a leader that has vanished refuses nothing, it is silent. */

import type { ClientRequest } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { followStages, type Stage } from '../../process/stages.ts';

/**
 * Milliseconds. Whoever has found the old leader silent is on the way to the new one so soon after its EndpointSlice
 * says where that is. It takes no more than an answer of the other system: the new leader may be busy with handshakes.
 */
export const CONNECT_LIMIT = 3000;

/** Ends the request where its connection does not come about. Looking up the name is the system's to bound. */
export function limitConnecting(
  asking: ClientRequest,
  host: string,
  clock: Pick<Clock, 'after'>,
  onStage: (stage: Stage) => void,
): void {
  let cancel = () => {};
  followStages(asking, host, (stage) => {
    cancel();
    onStage(stage);
    if (stage !== 'connect') return;
    cancel = clock.after(CONNECT_LIMIT, () =>
      asking.destroy(Object.assign(new Error('There is no connection.'), { code: 'ETIMEDOUT' })),
    );
  });
  asking.once('close', () => cancel());
}
