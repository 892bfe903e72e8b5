/** Callers of the policy server whose tokens are no good, and who come again as soon as they are refused. */

import { request } from 'node:https';
import { FORMAT_FIELD, POLICY_PATH } from '../../src/policy/exchange.ts';
import { POLICY_FORMAT } from '../../src/policy/policy.ts';
import { HOME } from './rights.ts';

export interface FloodOptions {
  readonly port: number;
  readonly authority: string;
  /** At one time. */
  readonly connections: number;
  /** The i-th token that is shown. */
  readonly token: (i: number) => string;
}

export interface Flood {
  /** Resolves when so many questions have been answered. */
  answered(count: number): Promise<void>;
  /** Those that came. */
  statuses(): ReadonlySet<number>;
  readonly count: number;
  stop(): Promise<void>;
}

const SERVER_NAME = `portcullis-policy.${HOME}.svc`;

export function floodPolicy({ port, authority, connections, token }: FloodOptions): Flood {
  const stopped = new AbortController();
  const statuses = new Set<number>();
  const waiting = new Map<number, () => void>();
  let asked = 0;
  let count = 0;

  const ask = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const asking = request(
      {
        host: '127.0.0.1',
        port,
        path: POLICY_PATH,
        ca: authority,
        servername: SERVER_NAME,
        agent: false,
        headers: { authorization: `Bearer ${token(asked)}`, [FORMAT_FIELD]: String(POLICY_FORMAT) },
        signal: stopped.signal,
      },
      (response) => {
        statuses.add(response.statusCode ?? 0);
        count += 1;
        waiting.get(count)?.();
        response.resume();
      },
    );
    asked += 1;
    asking.once('error', () => resolve()).once('close', () => resolve());
    asking.end();
    return promise;
  };
  const caller = async (): Promise<void> => {
    while (!stopped.signal.aborted) await ask();
  };
  const callers = Array.from({ length: connections }, caller);

  return {
    answered: (wanted) =>
      count >= wanted ? Promise.resolve() : new Promise((resolve) => waiting.set(wanted, resolve)),
    statuses: () => statuses,
    get count() {
      return count;
    },
    async stop() {
      stopped.abort();
      await Promise.all(callers);
    },
  };
}
