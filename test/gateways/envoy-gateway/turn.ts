/** Envoy Gateway listens at ports that nobody can choose, 18000 among them: one at a time on this machine. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Linux takes the name back when its owner ends, however it ends. */
const NAME = '\0portcullis-envoy-gateway';
/** Milliseconds between two looks. */
const PAUSE = 100;

/** Resolves when nobody else has the turn. What it returns gives the turn back. */
export async function takeTurn(): Promise<() => Promise<void>> {
  for (;;) {
    const holder = createServer();
    try {
      await once(holder.listen({ path: NAME }), 'listening');
      return async () => {
        await once(holder.close(), 'close');
      };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
      await sleep(PAUSE);
    }
  }
}
