/** How long an end may take, at a clock of the test. Tests of the whole process do not measure time. */

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { manualClock } from '../base/testing/manual-clock.ts';
import { DRAIN_DEADLINE, type Drainable, drainAll, drainableHttp } from './drain.ts';
import { rawConnection } from './testing/sockets.ts';
import { settle } from './testing/transport.ts';

const QUESTION = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';

async function world() {
  const asked: ServerResponse[] = [];
  let wake = () => {};
  const server = createServer((_, response) => {
    asked.push(response);
    wake();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const clock = manualClock();
  return {
    clock,
    service: drainableHttp(server, clock),
    connect: () => rawConnection((server.address() as AddressInfo).port),
    /** The next question. */
    next: async (): Promise<ServerResponse> => {
      for (;;) {
        const response = asked.shift();
        if (response !== undefined) return response;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

it('a connection without a question is closed soon, and one with a question after its answer', async () => {
  const { clock, service, connect, next } = await world();
  const [idle, busy, late] = [await connect(), await connect(), await connect()];
  idle.send(QUESTION);
  (await next()).end('answer');
  await idle.answer();
  busy.send(QUESTION);
  const held = await next();
  const drained = service.drain();
  late.send(QUESTION);
  (await next()).end('answer');
  expect((await late.answer()).headers.get('connection')).toBe('close');
  await late.closed;
  clock.advance(299);
  await settle();
  expect([idle.socket.destroyed, busy.socket.destroyed]).toEqual([false, false]);
  clock.advance(1);
  await idle.closed;
  expect(busy.socket.destroyed).toBe(false);
  held.end('answer');
  expect((await busy.answer()).status).toBe(200);
  while (!busy.socket.destroyed) {
    clock.advance(20);
    await settle();
  }
  await drained;
  expect(clock.due().length).toBe(0);
});

it('who never ends is ended at the deadline, and not before', async () => {
  const clock = manualClock();
  const destroyed: string[] = [];
  const never = (name: string): Drainable => ({
    drain: () => new Promise(() => {}),
    destroy: () => void destroyed.push(name),
  });
  let isOver = false;
  const over = drainAll([never('a'), never('b')], clock).then(() => {
    isOver = true;
  });
  clock.advance(DRAIN_DEADLINE - 1);
  await settle();
  expect([isOver, destroyed]).toEqual([false, []]);
  clock.advance(1);
  await over;
  expect(destroyed).toEqual(['a', 'b']);
  // The promise is five seconds; the log has half a second after this.
  expect(DRAIN_DEADLINE).toBeLessThanOrEqual(4000);
});

it('where all have ended nothing waits for the deadline', async () => {
  const clock = manualClock();
  await drainAll([{ drain: async () => {}, destroy: () => {} }], clock);
  expect(clock.due().length).toBe(0);
});
