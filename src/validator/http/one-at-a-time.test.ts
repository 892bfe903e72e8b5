import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { decide, enforce } from '../../../test/support/decide.ts';
import { bindingPolicy } from '../../../test/support/policy.ts';
import type { Arrival } from '../check.ts';
import { NO_PROXY } from '../testing/no-proxy.ts';
import { rawConnection } from '../testing/sockets.ts';
import { MAX_BEHIND } from './one-at-a-time.ts';
import { createHttpService } from './server.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await once(server.close(), 'close');
  }
});

const enforcer = enforce(bindingPolicy());
const question = (n: number) => `GET /envoy/${n} HTTP/1.1\r\nHost: api.example\r\n\r\n`;

/** A service whose checks wait until a test answers them. */
async function start() {
  const waiting: Arrival[] = [];
  const asked: string[] = [];
  const server = createHttpService({
    ...NO_PROXY,
    ask: (arrival) => {
      waiting.push(arrival);
      asked.push(arrival.summary().pathAndQuery);
    },
    record: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const until = async (count: number) => {
    while (waiting.length < count) await new Promise((next) => setImmediate(next));
  };
  const answer = () => {
    const first = waiting.shift();
    first?.reply(decide(enforcer, first.summary()));
  };
  const open = () => rawConnection((server.address() as AddressInfo).port);
  return { waiting, asked, until, answer, open };
}

it('who sends many checks at once waits with one of them, and is answered in order', async () => {
  const { waiting, asked, until, answer, open } = await start();
  const crowd = await open();
  const other = await open();
  const few = MAX_BEHIND + 1;
  const many = few + 5;
  crowd.send(Array.from({ length: many }, (_, n) => question(n)).join(''));
  await until(1);
  other.send(question(many));
  await until(2);
  expect(asked).toEqual(['/0', `/${many}`]);
  answer();
  expect((await crowd.answer()).status).toBe(401);
  expect(waiting.map((arrival) => arrival.summary().pathAndQuery)).toEqual([`/${many}`, '/1']);
  answer();
  expect((await other.answer()).status).toBe(401);
  for (let n = 1; n < few; n++) {
    await until(1);
    answer();
    expect((await crowd.answer()).status).toBe(401);
  }
  for (let n = few; n < many; n++) {
    const { status, headers } = await crowd.answer();
    expect([status, headers.get('portcullis-reason')]).toEqual([503, 'overloaded']);
  }
  crowd.send(question(0));
  await until(1);
  expect(waiting).toHaveLength(1);
});

it('a caller that has gone is known to be gone', async () => {
  const { waiting, until, open } = await start();
  for (const leave of ['destroy', 'end', 'resetAndDestroy'] as const) {
    const { socket } = await open();
    socket.write(question(1));
    await until(1);
    const [arrival] = waiting.splice(0);
    expect(arrival?.isGone()).toBe(false);
    socket[leave]();
    while (arrival?.isGone() === false) await new Promise((next) => setImmediate(next));
  }
});
