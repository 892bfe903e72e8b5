/** A gateway's program that has been started: waits until it serves, and takes everything away where it does not. */

import type { Server } from '../support/server.ts';
import type { RunningGateway } from './gateway.ts';

/** Seconds, on a machine that may be busy. */
const START_LIMIT = 60;

/** @param remove what else goes with the program. `answers` asks once; what it throws counts as "not yet". */
export async function serving(
  program: Server,
  port: number,
  remove: () => Promise<unknown>,
  answers: () => Promise<boolean> = () => answersAtAll(port),
): Promise<RunningGateway> {
  const stop = async (): Promise<void> => {
    await program.stop();
    await remove();
  };
  try {
    await program.until('serving', START_LIMIT, async () => ((await answers()) ? true : undefined));
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

async function answersAtAll(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/`);
  await response.arrayBuffer();
  return true;
}
