// SIGTERM: what is in flight is answered, nobody is waited for, and the exit code is 0. How long that may take is a
// matter of src/validator/drain.test.ts, whose clock is no busy machine's.

import { afterAll, expect, it } from 'vitest';
import { startValidator, type Validator } from '../support/validator.ts';
import { ask, checkMessage, openSession } from './grpc-client.ts';
import { connectRaw, head, statuses } from './raw.ts';
import { bearer, HOST, MANIFESTS } from './world.ts';

const host = ['host', HOST] as const;

const running: Validator[] = [];
afterAll(async () => {
  for (const validator of running) await validator.stop();
});

async function start(sockets = false): Promise<Validator> {
  const validator = await startValidator({ manifests: MANIFESTS, sockets });
  running.push(validator);
  return validator;
}

/** How it ended after the signal. */
function terminate({ server }: Validator): Promise<string> {
  server.signal('SIGTERM');
  return server.ended();
}

it.each([false, true])('what is in flight is answered: sockets %s', async (sockets) => {
  const { http, server } = await start(sockets);
  const clients = await Promise.all(Array.from({ length: 20 }, () => connectRaw(http)));
  // A connection that nobody has accepted yet ends with the server.
  for (const client of clients) client.write(head('GET /envoy/healthz HTTP/1.1', host));
  await Promise.all(clients.map((client) => client.until(/200 OK/)));
  // Dear ones wait for each other in the queue.
  for (const [i, client] of clients.entries()) {
    client.write(
      head('GET /envoy/ HTTP/1.1', host, ['authorization', `Bearer ${bearer(`joe-${i}`, 'ES512')}`]),
    );
  }
  await Promise.race(clients.map((client) => client.until(/200 OK.*200 OK/s)));
  server.signal('SIGTERM');
  await Promise.all(clients.map((client) => client.closed));
  expect(clients.map((client) => statuses(client.received()))).toEqual(clients.map(() => [200, 200]));
  expect(await server.ended()).toBe('ended (exit code 0)');
});

it.each([false, true])('calls in flight are answered: sockets %s', async (sockets) => {
  const { grpc, server } = await start(sockets);
  const session = await openSession(grpc);
  const calls = Array.from({ length: 20 }, (_, i) => ask(session, checkMessage(bearer(`joe-${i}`, 'ES512'))));
  await Promise.race(calls);
  server.signal('SIGTERM');
  expect(await Promise.all(calls)).toEqual(calls.map(() => ({ call: 0, check: 0 })));
  expect(await server.ended()).toBe('ended (exit code 0)');
});

it('a second signal ends nothing that is in flight', async () => {
  const { http, server } = await start();
  const client = await connectRaw(http);
  client.write('GET /envoy/healthz HTTP/1.1\r\n');
  server.signal('SIGTERM');
  await server.until('shutting down', 10, async () => server.logs.includes('shutting down') || undefined);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGTERM'] as const) server.signal(signal);
  // The process has run its handlers for them once it answers.
  client.write(head('host: shop.example'));
  await client.closed;
  expect(statuses(client.received())).toEqual([200]);
  expect(await server.ended()).toBe('ended (exit code 0)');
});

it('idle connections hold nothing up', async () => {
  const asked = await start();
  const idle = await Promise.all(Array.from({ length: 50 }, () => connectRaw(asked.http)));
  for (const client of idle) {
    client.write(head('GET /envoy/healthz HTTP/1.1', host));
    await client.until(/200 OK/);
  }
  expect(await terminate(asked)).toBe('ended (exit code 0)');
});

it.concurrent.each([
  ['http', 'says nothing', ''],
  ['http', 'has sent half a head', 'GET /envoy/ HTTP/1.1\r\nHost:'],
  ['http', 'stays after what was no HTTP', 'hello\r\n\r\n'],
  ['http', 'stays after CONNECT', head('CONNECT shop.example:443 HTTP/1.1', host)],
  ['http', 'sends a body without an end', head('POST /envoy/ HTTP/1.1', host, ['content-length', '1000'])],
  ['grpc', 'says nothing', ''],
  ['grpc', 'has sent half a preface', 'PRI * HTTP/2.0\r\n'],
  ['grpc', 'speaks HTTP/1.1', head('GET / HTTP/1.1', host)],
  ['admin', 'says nothing', ''],
  ['admin', 'has sent half a head', 'GET /metrics HTTP/1.1\r\n'],
] as const)('%s: who %s is not waited for', async (service, _, bytes) => {
  const asked = await start();
  const client = await connectRaw(asked[service]);
  client.write(bytes);
  await asked.ask({ headers: [host] });
  expect(await terminate(asked)).toBe('ended (exit code 0)');
  client.socket.destroy();
});

it('who never stops asking is told to go, with an answer to each question', async () => {
  const asked = await start();
  const client = await connectRaw(asked.http);
  const question = head('GET /envoy/healthz HTTP/1.1', host);
  let questions = 0;
  const ask = () => {
    questions += 1;
    client.write(question);
  };
  let answered = 0;
  client.socket.on('data', () => {
    const answers = statuses(client.received()).length;
    if (answers === answered) return;
    answered = answers;
    if (!/connection: close/i.test(client.received())) ask();
  });
  ask();
  await client.until(/200 OK/);
  expect(await terminate(asked)).toBe('ended (exit code 0)');
  expect(answered).toBe(questions);
  expect(client.received()).toMatch(/connection: close/i);
});
