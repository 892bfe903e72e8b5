// Clients that begin and do not go on, go on for ever, or never leave: each has a deadline, and nobody waits for them.

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { connectRaw, head, type RawClient, statuses } from './raw.ts';
import { TRANSPORTS, validatorOnEach } from './transports.ts';
import { GUARDS, guards, HOST } from './world.ts';

const running = validatorOnEach();

const host = ['host', HOST] as const;
/** Ten seconds for a head, five until somebody looks, and much more for a busy machine. */
const DEADLINE = 120_000;

const drip = async (client: RawClient, text: string): Promise<void> => {
  for (const byte of text) {
    if (client.socket.destroyed) return;
    client.write(byte);
    await sleep(50);
  }
};

/** What each does until it is thrown out, and the answers that it gets. */
const LINGERERS: readonly (readonly [
  what: string,
  answers: readonly number[],
  act: (client: RawClient) => unknown,
])[] = [
  ['says nothing', [400], () => {}],
  [
    'sends half a head',
    [400],
    (client) => client.write(`GET /envoy/healthz HTTP/1.1\r\nHost: ${HOST}\r\nX-`),
  ],
  [
    'sends one byte at a time',
    [400],
    (client) => drip(client, head('GET /envoy/ HTTP/1.1', host, ['x', 'a'.repeat(2000)])),
  ],
  [
    'asks properly, and sends half a head then',
    [200, 400],
    (client) => client.write(`${head('GET /envoy/healthz HTTP/1.1', host)}GET `),
  ],
  ['stays after what was no HTTP', [400], (client) => client.write('hello\r\n\r\n')],
  [
    'stays after too large a head',
    [400],
    (client) => client.write(head('GET /envoy/ HTTP/1.1', ['x', 'a'.repeat(100 * 1024)])),
  ],
  ['stays after CONNECT', [404], (client) => client.write(head('CONNECT shop.example:443 HTTP/1.1', host))],
  [
    'stays after CONNECT, and goes on',
    [404],
    (client) => {
      client.write(head('CONNECT shop.example:443 HTTP/1.1', host));
      return drip(client, 'a'.repeat(1000));
    },
  ],
  [
    'stays after the last request',
    [200],
    (client) => client.write(head('GET /envoy/healthz HTTP/1.1', host, ['connection', 'close'])),
  ],
];

describe.concurrent.each(TRANSPORTS)('over %s', (transport) => {
  const validator = () => running(transport);

  it.each(LINGERERS)(
    'who %s is thrown out: %j',
    async (_, answers, act) => {
      const client = await connectRaw(validator().http);
      const acting = act(client);
      expect(await guards(validator())).toEqual(GUARDS);
      await client.gone;
      expect(statuses(client.received())).toEqual(answers);
      await acting;
    },
    DEADLINE,
  );

  it(
    'who has asked may stay, and ask again',
    async () => {
      const client = await connectRaw(validator().http);
      client.write(head('GET /envoy/healthz HTTP/1.1', host));
      await client.until(/HTTP\/1\.1 200 /);
      // Longer than all the deadlines above.
      const silent = await connectRaw(validator().http);
      await silent.gone;
      client.write(head('GET /envoy/ HTTP/1.1', host, ['connection', 'close']));
      await client.closed;
      expect(statuses(client.received())).toEqual([200, 401]);
      client.socket.destroy();
    },
    DEADLINE,
  );
});
