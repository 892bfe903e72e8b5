/** Leader election over a real API server: processes that are killed, and networks that fail. */

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { type Elector, startElector } from '../../src/kubernetes/elector.ts';
import { readLease } from '../../src/kubernetes/lease.ts';
import { KUBERNETES_RESOURCES } from '../../src/kubernetes/resources.ts';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { Server } from '../support/server.ts';
import { type Connected, connectTo, kubeconfigFor } from './connect.ts';
import { type ApiServer, startApiServer } from './harness.ts';
import { startProxy } from './proxy.ts';

const SOON = { timeout: 30_000, interval: 20 };
/** A machine that is busy for some seconds costs nobody the lead. Those of candidate.ts, too. */
const LIMITS = { leaseSeconds: 6, renewSeconds: 5, retrySeconds: 0.5, followSeconds: 0.25 };

let server: ApiServer;
let connected: Connected;

beforeAll(async () => {
  server = await startApiServer();
  connected = connectTo(server.kubeconfig);
});

afterAll(async () => {
  await connected?.close();
  await server?.stop();
});

interface Told {
  readonly identity: string;
  readonly event: string;
  readonly epoch?: number;
  readonly at: number;
}

describe('processes', () => {
  const program = fileURLToPath(new URL('candidate.ts', import.meta.url));
  const start = (identity: string) =>
    new Server({ name: identity, program: process.execPath, args: [program, server.kubeconfig, identity] });
  const told = (process: Server): readonly Told[] =>
    process.logs
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  const starts = (process: Server) => told(process).filter(({ event }) => event === 'started');

  it('follow one another: after SIGTERM at once, after SIGKILL when the Lease has run out', async () => {
    const first = start('first');
    await expect.poll(() => starts(first), SOON).toMatchObject([{ epoch: 0 }]);
    const second = start('second');
    const third = start('third');
    const others = [second, third];
    const leaders = () => others.flatMap(starts);

    const lease = { namespace: 'default', name: 'processes' };
    const { renewTime = '' } = readLease(good(await connected.client.get(KUBERNETES_RESOURCES.Lease, lease)));
    first.signal('SIGKILL');
    await first.ended();
    await expect.poll(leaders, SOON).toHaveLength(1);
    const [follower] = leaders();
    if (follower === undefined) throw new Error('nobody follows');
    // Whoever saw the last renewal saw it after it was sent.
    const silence = follower.at - Date.parse(renewTime);
    expect(silence).toBeGreaterThan(1000 * LIMITS.leaseSeconds - 100);
    expect(follower.epoch).toBe(1);

    const [leader, last] = follower.identity === 'second' ? [second, third] : [third, second];
    leader.signal('SIGTERM');
    expect(await leader.ended()).toBe('ended (exit code 0)');
    await expect.poll(() => starts(last), SOON).toMatchObject([{ epoch: 2 }]);
    const [stopped] = told(leader).filter(({ event }) => event === 'stopped');
    const [next] = starts(last);
    expect(next?.at).toBeGreaterThanOrEqual(stopped?.at ?? Number.NaN);
    for (const process of [first, second, third]) await process.stop();
  });
});

describe('candidates', () => {
  it('never lead together, when the leader is cut off and when it comes back', async () => {
    const proxy = await startProxy(server.url);
    const cut = connectTo(await kubeconfigFor(server.kubeconfig, server.url, proxy.url));
    const lease = { namespace: 'default', name: 'partition' };
    const electors: Elector[] = [];
    const history: string[] = [];
    const start = ({ client }: Connected, identity: string) =>
      startElector({
        client,
        clock: systemClock,
        random: Math.random,
        lease,
        identity,
        limits: LIMITS,
        onStarted({ epoch }) {
          const leading = electors.filter((elector) => elector.isLeader()).length;
          history.push(`${identity} started ${epoch}, leading: ${leading}`);
        },
        onStopped(reason) {
          history.push(`${identity} ${reason}`);
        },
      });
    const one = start(cut, 'one');
    electors.push(one);
    await expect.poll(() => one.isLeader(), SOON).toBe(true);
    const other = start(connected, 'other');
    electors.push(other);
    await expect.poll(() => other.holder(), SOON).toBe('one');

    proxy.become('frozen');
    await expect.poll(() => other.isLeader(), SOON).toBe(true);
    proxy.become('forwarding');
    await expect.poll(() => one.holder(), SOON).toBe('other');
    expect([one.isLeader(), other.isLeader()]).toEqual([false, true]);

    const spec = readLease(good(await connected.client.get(KUBERNETES_RESOURCES.Lease, lease)));
    const { leaseSeconds: durationSeconds } = LIMITS;
    expect(spec).toMatchObject({ holder: 'other', durationSeconds, transitions: 1 });
    expect(spec.renewTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

    await one.stop();
    await other.stop();
    expect(readLease(good(await connected.client.get(KUBERNETES_RESOURCES.Lease, lease)))).toMatchObject({
      holder: '',
      durationSeconds: 1,
      transitions: 1,
    });
    // A term is over by the clock; that it is told of may come late on a busy machine.
    expect(history.toSorted()).toEqual([
      'one expired',
      'one started 0, leading: 1',
      'other started 1, leading: 1',
      'other stopped',
    ]);
    await cut.close();
    await proxy.close();
  });
});
