import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { manualClock } from '../base/testing/manual-clock.ts';
import { createClient } from './client.ts';
import { failed, ok } from './errors.ts';
import { askPods, type PodAnswer, type PodRequest, podHttp } from './pod-http.ts';
import { createPortForwarder } from './port-forward.ts';
import { type ForwardedPort, PORT_PREAMBLE, startForwardingServer } from './testing/forwarding-server.ts';
import { createTransport } from './transport.ts';

const POD = { namespace: 'shop', name: 'orders-1', port: 15_903 };
const GET: PodRequest = { method: 'GET', path: '/report?since=1h' };
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';

async function started(
  parts: Parameters<typeof startForwardingServer>[0],
  clock: Parameters<typeof podHttp>[2] = systemClock,
) {
  const server = await startForwardingServer(parts);
  const transport = createTransport(server.connection);
  const client = createClient({ transport, clock: systemClock, fieldManager: 'x', userAgent: 'x' });
  const forwarder = createPortForwarder(server.connection, client);
  onTestFinished(async () => {
    forwarder.close();
    await transport.close();
    await server.close();
  });
  return podHttp(forwarder, POD, clock);
}

async function textOf({ body }: PodAnswer): Promise<string> {
  let text = '';
  for await (const chunk of body) text += Buffer.from(chunk).toString('latin1');
  return text;
}

/** Begins both channels, as a kubelet does. */
const begin = (port: ForwardedPort): void => {
  port.send(0, PORT_PREAMBLE);
  port.send(1, PORT_PREAMBLE);
};

describe('a request to a pod', () => {
  it('goes to the port of the pod, as its loopback hears it, with the rights of the user', async () => {
    let seen: ForwardedPort | undefined;
    const admin = await started({
      onOpen: begin,
      onData(port) {
        seen = port;
        port.send(0, ANSWER);
      },
    });
    const answer = await admin(GET);
    if (answer.kind === 'failed') throw new Error(answer.error.message);
    expect(answer.value).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(await textOf(answer.value)).toBe('{}');
    expect(seen?.path).toBe('/api/v1/namespaces/shop/pods/orders-1/portforward?ports=15903');
    expect(seen?.headers).toMatchObject({ authorization: 'Bearer joe' });
    expect(seen?.received()).toMatch(/^GET \/report\?since=1h HTTP\/1.1\r\n.*host: 127.0.0.1:15903\r\n/is);
  });

  it('may carry a body, and be answered in pieces', async () => {
    const admin = await started({
      onOpen(port) {
        port.send(0, PORT_PREAMBLE.subarray(0, 1));
        port.send(0, PORT_PREAMBLE.subarray(1), ANSWER.slice(0, 20));
      },
      onData(port) {
        if (!port.received().endsWith('{"a":1}')) return;
        port.send(0, ANSWER.slice(20, -1));
        port.send(0, ANSWER.slice(-1));
      },
    });
    const answer = await admin({ method: 'POST', path: '/explain', body: '{"a":1}' });
    if (answer.kind === 'failed') throw new Error(answer.error.message);
    expect(await textOf(answer.value)).toBe('{}');
  });

  it('goes on for as long as the answer does, until the signal ends it', async () => {
    const ending = new AbortController();
    const admin = await started({
      onOpen: begin,
      onData: (port) => port.send(0, 'HTTP/1.1 200 OK\r\n\r\ndata: 1\n\n'),
    });
    const answer = await admin({ ...GET, signal: ending.signal });
    if (answer.kind === 'failed') throw new Error(answer.error.message);
    const chunks = answer.value.body[Symbol.asyncIterator]();
    expect(Buffer.from((await chunks.next()).value).toString()).toBe('data: 1\n\n');
    ending.abort();
    const isOver = await chunks.next().then(
      ({ done }) => done,
      () => true,
    );
    expect(isOver).toBe(true);
  });

  it.each<readonly [string, Parameters<typeof startForwardingServer>[0], string, RegExp]>([
    [
      'a user may not',
      {
        refuse: () => [
          403,
          { message: 'pods "orders-1" is forbidden: User "joe" cannot create pods/portforward' },
        ],
      },
      'Forbidden',
      /403 pods "orders-1" is forbidden/,
    ],
    [
      'there is no such pod',
      { refuse: () => [404, { message: 'pods "orders-1" not found' }] },
      'NotFound',
      /not found/,
    ],
    [
      'nobody listens there',
      {
        onOpen(port) {
          begin(port);
          port.send(1, 'connection\u001b[2J refused\n');
        },
      },
      'Unreachable',
      /^pod shop\/orders-1 at port 15903: connection \[2J refused/,
    ],
    ['the pod ends', { onOpen: begin, onData: (port) => port.end() }, 'Unreachable', /./],
    [
      'it speaks no HTTP',
      { onOpen: begin, onData: (port) => port.send(0, 'SSH-2.0\r\n') },
      'Unreachable',
      /./,
    ],
    [
      'it sends more than anybody reads',
      { onOpen: begin, onData: (port) => port.send(0, 'x'.repeat(17 * 1024 * 1024)) },
      'Unreachable',
      /./,
    ],
  ])('fails where %s', async (_, parts, kind, message) => {
    const answer = await (await started(parts))(GET);
    if (answer.kind === 'ok') throw new Error('answered');
    expect(answer.error.kind).toBe(kind);
    expect(answer.error.message).toMatch(message);
  });

  it('fails where no answer begins in time, and where nobody wants it any more', async () => {
    const clock = manualClock();
    const admin = await started({ onOpen: begin, onData: () => clock.advance(10_000) }, clock);
    expect(await admin(GET)).toEqual(failed('Timeout', 'pod shop/orders-1 does not answer within 10 s'));
    const ending = new AbortController();
    const other = await started({ onOpen: begin, onData: () => ending.abort() });
    expect(await other({ ...GET, signal: ending.signal })).toMatchObject({ error: { kind: 'Aborted' } });
    expect(await other({ ...GET, signal: AbortSignal.abort() })).toMatchObject({
      error: { kind: 'Aborted' },
    });
  });
});

it('asks each of many, and names who does not answer', async () => {
  const asked = await askPods(['a/1', 'a/2', 'b/3'], ({ namespace, name }) =>
    Promise.resolve(name === '2' ? failed('Timeout', 'too late') : ok(`${namespace} ${name}`)),
  );
  expect(asked).toEqual({
    told: [
      { pod: 'a/1', value: 'a 1' },
      { pod: 'b/3', value: 'b 3' },
    ],
    silent: [{ pod: 'a/2', why: 'too late' }],
  });
});
