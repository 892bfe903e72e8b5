/** Requests over and over, with every answer counted. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Received, type Run, reasonIn, type Sent, type Tally } from './protocol.ts';
import { send } from './send.ts';

export interface Load {
  tally(): Tally;
  /** Resolves once the last answer has come. */
  stop(): Promise<Tally>;
}

/** Milliseconds between two requests: the node under it has two cores, and much else to do. */
const PAUSE = 20;

export function startLoad(requests: readonly Sent[]): Load {
  const runs: Run[][] = requests.map(() => []);
  let stopped = false;
  const repeat = async (sent: Sent, own: Run[]): Promise<void> => {
    while (!stopped) {
      count(own, await send(sent).then(named, codeOf));
      await sleep(PAUSE);
    }
  };
  const ended = Promise.all(requests.map((sent, index) => repeat(sent, runs[index] ?? [])));
  return {
    tally: () => runs,
    async stop() {
      stopped = true;
      await ended;
      return runs;
    },
  };
}

function count(runs: Run[], answer: string): void {
  const last = runs.at(-1);
  if (last?.answer === answer) runs[runs.length - 1] = { answer, count: last.count + 1 };
  else runs.push({ answer, count: 1 });
}

function named({ status, headers, body }: Received): string {
  const version = headers['x-version'];
  if (version !== undefined) return `${status} ${version}`;
  return `${status} ${reasonIn(body) ?? body.slice(0, 80)}`;
}

/** Such as ECONNREFUSED. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
