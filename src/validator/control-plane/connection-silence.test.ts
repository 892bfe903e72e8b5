/** A silent server, as after a node has vanished: its system takes no more connections, and does not answer. */

import { once } from 'node:events';
import { createServer, connect as open, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { type ManualClock, manualClock } from '../../base/testing/manual-clock.ts';
import { never, problemOf, QUESTION } from '../testing/connection.ts';
import { podFiles } from '../testing/control-plane-server.ts';
import { CONNECT_LIMIT, createConnection } from './connection.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Its thread listens and never takes a connection: when the system's queue is full, the next one gets no answer. */
const SILENT = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;
const QUEUE = 2;

async function silentPort(): Promise<number> {
  const worker = new Worker(SILENT, { eval: true });
  cleanUps.push(() => worker.terminate());
  const [port] = await once(worker, 'message');
  for (let taken = 0; taken < QUEUE; taken++) {
    const socket = open(port, '127.0.0.1');
    cleanUps.push(() => socket.destroy());
    await once(socket, 'connect');
  }
  return port;
}

function connectionTo(host: string, port: number, clock: ManualClock) {
  const files = podFiles();
  cleanUps.push(files.remove);
  files.writeToken('token');
  const connection = createConnection({ url: new URL(`http://${host}:${port}`), ...files, clock });
  cleanUps.push(connection.renew);
  return connection;
}

/** Waits for turns of the event loop until the network has done its work; how long that takes is not known. */
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise<void>((resolve) => void systemClock.after(1, resolve));
};

it.each(['127.0.0.1', 'localhost'])('is left alone soon: %s', async (host) => {
  const clock = manualClock();
  const connection = connectionTo(host, await silentPort(), clock);
  const problem = problemOf(connection.send(QUESTION, never()));
  await until(() => clock.due().length === 1);
  clock.advance(CONNECT_LIMIT);
  expect(await problem).toMatch(
    /^connection ETIMEDOUT: .* does not answer: packets to it vanish; .*NetworkPolicy.*Service.*pods run\? \(ETIMEDOUT\)$/,
  );
  expect(clock.due().length).toBe(0);
});

it('is told from one that is connected, and takes its time', async () => {
  const taken: Socket[] = [];
  const server = createServer((socket) => void taken.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const clock = manualClock();
  const connection = connectionTo('127.0.0.1', address.port, clock);
  const reply = connection.send(QUESTION, never());
  await until(() => taken.length === 1 && clock.due().length === 0);
  clock.advance(CONNECT_LIMIT);
  taken[0]?.end('HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n');
  expect((await reply).status).toBe(304);
});
