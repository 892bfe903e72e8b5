// A pod ends, or a part of it is restarted, while clients are at it: every answer is counted.

import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { bearer, HOOK, HOST, startPod } from './pod.ts';

/** An app that ends as apps do: no more connections, an answer to whoever has asked. */
async function startApp() {
  const app = createServer((asked, response) => {
    asked.resume();
    setImmediate(() => response.end('ok'));
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
  const port = (app.address() as AddressInfo).port;
  const stop = async (): Promise<void> => {
    if (app.listening) await once(app.close(), 'close');
  };
  onTestFinished(stop);
  return { port, stop };
}

interface Asked {
  /** 0 = no answer. */
  readonly status: number;
  /** The client has to come on another connection, which may lead to another pod. */
  readonly last: boolean;
}

/** One request on a connection of `agent`. */
function ask(port: number, agent: Agent, headers: Readonly<Record<string, string>>): Promise<Asked> {
  const { promise, resolve } = Promise.withResolvers<Asked>();
  const outgoing = request(
    { host: '127.0.0.1', port, agent, headers: { host: HOST, ...headers } },
    (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      const ended = (whole: boolean) =>
        resolve({ status: whole ? status : 0, last: answered.connection === 'close' });
      response.once('error', () => ended(false));
      response.resume().once('end', () => ended(true));
    },
  );
  outgoing.once('error', () => resolve({ status: 0, last: true }));
  outgoing.end();
  return promise;
}

/** Clients that keep their connections, every other without a token. `done` looks at the last answer. */
function load(port: number, done: (asked: Asked) => boolean) {
  const counts = new Map<string, number>();
  const one = async (headers: Readonly<Record<string, string>>): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const who = 'authorization' in headers ? 'known' : 'unknown';
    let asked: Asked;
    do {
      asked = await ask(port, agent, headers);
      const name = `${who} ${asked.status}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    } while (!done(asked));
    agent.destroy();
  };
  const clients = [{}, bearer(), {}, bearer(), {}, bearer()].map(one);
  return {
    counts,
    ended: Promise.all(clients),
    /** There have been so many answers like this one, `known 200`. */
    seen: (name: string, times: number) =>
      expect.poll(() => counts.get(name) ?? 0, { timeout: 30_000 }).toBeGreaterThanOrEqual(times),
    kinds: () => [...counts.keys()].sort(),
  };
}

it('a pod ends in the order of the kubelet, and no request is lost', async () => {
  const app = await startApp();
  const { port, validator, envoy } = await startPod(app.port);
  // Who is told to come on another connection finds another pod behind the Service.
  const { ended, seen, kinds } = load(port, ({ last }) => last);
  // Anybody else asks in vain.
  expect(await validator.probed('/drain')).toBe(403);
  await seen('known 200', 50);
  // The hook of Envoy's container, which is called at once; the app's own keeps it up meanwhile.
  expect(await validator.probed('/drain', HOOK)).toBe(200);
  await ended;
  await app.stop();
  envoy.signal('SIGTERM');
  expect(await envoy.ended()).toBe('ended (exit code 0)');
  validator.server.signal('SIGTERM');
  expect(await validator.server.ended()).toBe('ended (exit code 0)');
  expect(kinds()).toEqual(['known 200', 'unknown 401']);
});

it('a validator that ends first refuses, and lets nobody pass', async () => {
  const app = await startApp();
  const { port, validator } = await startPod(app.port);
  let over = false;
  const { ended, seen, kinds, counts } = load(port, () => over);
  await seen('known 200', 50);
  validator.server.signal('SIGTERM');
  expect(await validator.server.ended()).toBe('ended (exit code 0)');
  counts.delete('known 200');
  await seen('known 503', 50);
  over = true;
  await ended;
  // What was on its way at that moment may have been allowed; nothing that was asked after it.
  expect(counts.get('known 200') ?? 0).toBeLessThanOrEqual(3);
  expect(kinds().filter((kind) => kind !== 'known 200')).toEqual(['known 503', 'unknown 401', 'unknown 503']);
});
