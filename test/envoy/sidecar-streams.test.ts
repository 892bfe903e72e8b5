// Requests and answers that take their time, and apps that do not end them well.

import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ALLOWED, atRest, type Between, putBetween } from './between.ts';

let app: Server;
let serve: (request: IncomingMessage, response: ServerResponse) => void;
/** Requests that reached the app. */
let served: number;
let between: Between;

beforeAll(async () => {
  app = createServer((asked, response) => {
    served += 1;
    serve(asked, response);
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
  between = await putBetween({ appPort: (app.address() as AddressInfo).port });
});
afterAll(async () => {
  await between.stop();
  app.closeAllConnections();
  app.close();
});
beforeEach(() => {
  served = 0;
  between.authorize = (_request, response) => response.writeHead(200, ALLOWED).end();
});

/** A request whose body the test writes, and its answer. */
function start(method = 'POST') {
  const outgoing = request({ host: '127.0.0.1', port: between.port, path: '/a', method, agent: false });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
  });
  return { outgoing, answer };
}

describe('a body of unknown length', () => {
  it('reaches the app while it still comes', async () => {
    const { promise: first, resolve } = Promise.withResolvers<string>();
    serve = (asked, response) => {
      asked.once('data', (part) => resolve(String(part)));
      void text(asked).then((rest) => response.end(rest));
    };
    const { outgoing, answer } = start();
    outgoing.write('one');
    expect(await first).toBe('one');
    outgoing.end('two');
    expect(await text(await answer)).toMatch(/two$/);
    expect(served).toBe(1);
  });

  it('may be longer than all that Envoy holds', async () => {
    const bytes = 8 * 1024 * 1024;
    serve = async (asked, response) => {
      let length = 0;
      for await (const part of asked) length += (part as Buffer).length;
      response.end(String(length));
    };
    const { outgoing, answer } = start('PUT');
    outgoing.end(Buffer.alloc(bytes));
    expect(await text(await answer)).toBe(String(bytes));
  });

  it('does not hide the refusal', async () => {
    between.authorize = (_request, response) => response.writeHead(401).end('{"reason":"token_missing"}');
    const { outgoing, answer } = start();
    outgoing.on('error', () => undefined); // the rest is not taken any more
    outgoing.write(Buffer.alloc(4 * 1024 * 1024));
    const { statusCode } = await answer;
    outgoing.destroy();
    expect([statusCode, served]).toEqual([401, 0]);
  });
});

describe('an answer', () => {
  it('arrives part by part: server-sent events', async () => {
    let say = (_part: string): void => {};
    serve = (_asked, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      say = (part) => void response.write(part);
      response.write('data: 1\n\n');
    };
    const { outgoing, answer } = start('GET');
    outgoing.end();
    const events = (await answer).setEncoding('utf8')[Symbol.asyncIterator]();
    expect((await events.next()).value).toBe('data: 1\n\n');
    say('data: 2\n\n');
    expect((await events.next()).value).toBe('data: 2\n\n');
    outgoing.destroy();
  });

  it('waits in the app while its reader is slow, not in Envoy', async () => {
    const whole = 64 * 1024 * 1024;
    let written = 0;
    serve = async (_asked, response) => {
      const part = Buffer.alloc(64 * 1024);
      response.once('close', () => response.emit('drain'));
      while (written < whole && !response.destroyed) {
        written += part.length;
        if (!response.write(part)) await once(response, 'drain');
      }
    };
    const { outgoing, answer } = start('GET');
    outgoing.end();
    (await answer).pause();
    await expect
      .poll(
        atRest(() => written),
        { interval: 200 },
      )
      .toBe(true);
    outgoing.destroy();
    expect(written).toBeLessThan(whole / 2);
  });

  it('that breaks off is seen to break off', async () => {
    serve = (_asked, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    const { outgoing, answer } = start('GET');
    outgoing.end();
    await expect(text(await answer)).rejects.toThrow('aborted');
    expect(served).toBe(1);
  });

  it.each(['GET', 'POST'])('that never comes is asked for once: %s', async (method) => {
    serve = (_asked, response) => response.destroy();
    const { outgoing, answer } = start(method);
    outgoing.end();
    const { statusCode, headers } = await answer.then(async (got) => {
      await text(got);
      return got;
    });
    // Envoy's own word: it must not be taken for a refusal of ours.
    expect([statusCode, headers['content-type'], headers['retry-after']]).toEqual([
      503,
      'text/plain',
      undefined,
    ]);
    expect(served).toBe(1);
  });

  it('that comes before the body is whole ends the request', async () => {
    serve = (_asked, response) => response.writeHead(413, { connection: 'close' }).end('too much');
    const { outgoing, answer } = start();
    outgoing.on('error', () => undefined);
    outgoing.write('part');
    const got = await answer;
    expect([got.statusCode, await text(got)]).toEqual([413, 'too much']);
    outgoing.destroy();
  });
});

it('under too little memory requests are turned away, and never let through unasked', async () => {
  const small = await putBetween({ appPort: (app.address() as AddressInfo).port, maxHeapBytes: 1024 * 1024 });
  try {
    serve = (_asked, response) => response.end('ok');
    const status = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const outgoing = request({ host: '127.0.0.1', port: small.port, agent: false }, (response) => {
          response.resume().once('end', () => resolve(response.statusCode ?? 0));
        });
        outgoing.once('error', reject).end();
      });
    await expect.poll(status).toBe(503);
    served = 0;
    small.checks.length = 0;
    expect(await status()).toBe(503);
    expect([served, small.checks.length]).toEqual([0, 0]);
  } finally {
    await small.stop();
  }
});
