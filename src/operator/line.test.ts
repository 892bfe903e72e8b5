import { expect, it } from 'vitest';
import type { Connection } from '../kubernetes/connection.ts';
import { fakeTransport } from '../kubernetes/testing/transport.ts';
import { createLine } from './line.ts';

const REQUEST = {
  method: 'GET',
  path: '/readyz',
  headers: {},
  signal: new AbortController().signal,
} as const;

const CONNECTION: Connection = {
  server: 'https://192.0.2.1',
  namespace: undefined,
  proxy: undefined,
  credentials: async () => ({ headers: {}, tls: {} }),
  forget: () => {},
};

function lineOf() {
  const events: string[] = [];
  let made = 0;
  const line = createLine(CONNECTION, () => {
    made += 1;
    const name = made;
    const transport = fakeTransport(() => {
      events.push(`sent by ${name}`);
      return {};
    });
    return { ...transport, close: async () => void events.push(`closed ${name}`) };
  });
  return { line, events };
}

it('sends by another transport when it was laid anew, and closes the one before', async () => {
  const { line, events } = lineOf();
  await line.send(REQUEST);
  line.renew();
  await line.send(REQUEST);
  expect(events).toEqual(['sent by 1', 'closed 1', 'sent by 2']);
});

it('is closed when all of its transports are', async () => {
  const { line, events } = lineOf();
  line.renew();
  line.renew();
  await line.close();
  expect(events).toEqual(['closed 1', 'closed 2', 'closed 3']);
});
