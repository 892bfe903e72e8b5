// Who called, as an app behind a real Envoy sees it, and an app that listens on the pod's own address alone.

import { afterEach, describe, expect, it } from 'vitest';
import type { ForwardedFor } from '../../src/sidecar/forwarded-for.ts';
import { ALLOWED, type Between, putBetween } from './between.ts';
import { type RawApp, startRawApp } from './raw-app.ts';
import { answerTo, lines } from './wire.ts';

let app: RawApp;
let between: Between;

afterEach(async () => {
  await between.stop();
  app.stop();
});

async function choose(forwardedFor: ForwardedFor): Promise<void> {
  app = await startRawApp();
  between = await putBetween({ appPort: app.port, forwardedFor });
}

const ask = (...headers: string[]) =>
  answerTo(between.port, lines('GET /a HTTP/1.1', 'Host: api', ...headers));

/** Lines of the last request that begin so, without case. */
const received = (name: string): readonly string[] =>
  (app.received.at(-1)?.text ?? '')
    .split('\r\n')
    .filter((line) => line.toLowerCase().startsWith(`${name}: `))
    .map((line) => line.slice(name.length + 2));

describe('x-forwarded-for', () => {
  it('ends with the caller, whatever the client says of itself', async () => {
    await choose('Append');
    expect((await ask()).status).toBe(200);
    expect(received('x-forwarded-for')).toEqual(['127.0.0.1']);
    await ask('X-Forwarded-For: 203.0.113.9');
    expect(received('x-forwarded-for')).toEqual(['203.0.113.9,127.0.0.1']);
    await ask('X-Forwarded-For: 127.0.0.1, 10.0.0.1', 'x-forwarded-for: 203.0.113.9');
    expect(received('x-forwarded-for').join(',')).toMatch(
      /^127\.0\.0\.1, 10\.0\.0\.1, ?203\.0\.113\.9,127\.0\.0\.1$/,
    );
  });

  it('is left alone where that is chosen', async () => {
    await choose('Keep');
    await ask();
    expect(received('x-forwarded-for')).toEqual([]);
    await ask('X-Forwarded-For: 203.0.113.9');
    expect(received('x-forwarded-for')).toEqual(['203.0.113.9']);
  });

  it('is to the check what the client sent', async () => {
    await choose('Append');
    await ask('X-Forwarded-For: 203.0.113.9');
    expect(between.checks.at(-1)?.headers['x-forwarded-for']).toBe('203.0.113.9');
    expect(received('x-portcullis-client')).toEqual([]);
  });

  it('comes with the scheme that the gateway before it names, else that of the connection', async () => {
    await choose('Append');
    await ask('X-Forwarded-Proto: https');
    expect(received('x-forwarded-proto')).toEqual(['https']);
    await ask();
    expect(received('x-forwarded-proto')).toEqual(['http']);
    expect(received('x-envoy-external-address')).toEqual([]);
  });
});

describe('an app on the pod’s own address alone', () => {
  it('is reached there, as often as it is called, and from no address that it could take for localhost', async () => {
    app = await startRawApp('127.0.0.9');
    between = await putBetween({ appPort: app.port, otherAddress: '127.0.0.9' });
    for (const _ of [1, 2, 3]) expect((await ask('Connection: close')).status).toBe(200);
    expect(app.received.map(({ from }) => from)).toEqual(['127.0.0.6', '127.0.0.6', '127.0.0.6']);
  });

  it('that is not there is a 503, after the check', async () => {
    app = await startRawApp('127.0.0.9');
    app.stop();
    between = await putBetween({ appPort: app.port, otherAddress: '127.0.0.9' });
    expect((await ask()).status).toBe(503);
    between.authorize = (_request, response) =>
      response.writeHead(403, { ...ALLOWED, 'portcullis-outcome': 'denied' }).end();
    expect((await ask()).status).toBe(403);
  });
});
