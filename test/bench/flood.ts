/** Forged tokens, offered at a steady rate beside another load. */

import { Agent, request } from 'node:http';
import { forge } from './minting.ts';

const CONNECTIONS = 16;
const TICK = 10;
/** A P-521 signature: 66 bytes each for r and s. */
const ES512_BYTES = 132;

export interface Flood {
  /** How many were answered, by status, when it has stopped. */
  stop(): Promise<ReadonlyMap<number, number>>;
}

export function startFlood(port: number, perSecond: number): Flood {
  const tokens = Array.from({ length: 2000 }, () => forge('ES512', ES512_BYTES));
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const answers = new Map<number, number>();
  const begun = performance.now();
  const pending = new Set<Promise<void>>();
  let sent = 0;
  const send = (): void => {
    const { promise, resolve } = Promise.withResolvers<void>();
    pending.add(promise);
    const headers = { host: 'h0.example', authorization: `Bearer ${tokens[sent % tokens.length]}` };
    sent += 1;
    const asking = request({ host: '127.0.0.1', port, path: '/orders', agent, headers }, (response) => {
      const status = response.statusCode ?? 0;
      answers.set(status, (answers.get(status) ?? 0) + 1);
      response.resume().once('close', resolve);
    });
    asking.once('error', () => resolve());
    asking.end();
    void promise.then(() => pending.delete(promise));
  };
  const timer = setInterval(() => {
    // By the clock, not by the tick: a late timer must not lower the rate.
    const due = ((performance.now() - begun) / 1000) * perSecond;
    while (sent < due && pending.size < CONNECTIONS * 8) send();
  }, TICK);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
      agent.destroy();
      return answers;
    },
  };
}
