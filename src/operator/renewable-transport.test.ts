import { expect, it } from 'vitest';
import type { ApiServerConnection } from '../kubernetes/connection.ts';
import { fakeTransport } from '../kubernetes/testing/transport.ts';
import { createRenewableTransport } from './renewable-transport.ts';

const REQUEST = {
  method: 'GET',
  path: '/readyz',
  headers: {},
  signal: new AbortController().signal,
} as const;

const CONNECTION: ApiServerConnection = {
  server: 'https://192.0.2.1',
  namespace: undefined,
  proxy: undefined,
  credentials: async () => ({ headers: {}, tls: {} }),
  forget: () => {},
};

function transportOf() {
  const events: string[] = [];
  let count = 0;
  const transport = createRenewableTransport(CONNECTION, () => {
    count += 1;
    const name = count;
    const made = fakeTransport(() => {
      events.push(`sent by ${name}`);
      return {};
    });
    return { ...made, close: async () => void events.push(`closed ${name}`) };
  });
  return { transport, events };
}

it('sends by another transport once it is renewed, and closes the one before', async () => {
  const { transport, events } = transportOf();
  await transport.send(REQUEST);
  transport.renew();
  await transport.send(REQUEST);
  expect(events).toEqual(['sent by 1', 'closed 1', 'sent by 2']);
});

it('is closed when all of its transports are', async () => {
  const { transport, events } = transportOf();
  transport.renew();
  transport.renew();
  await transport.close();
  expect(events).toEqual(['closed 1', 'closed 2', 'closed 3']);
});
