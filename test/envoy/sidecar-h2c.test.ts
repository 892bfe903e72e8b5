// The generated configuration in front of an app that speaks HTTP/2 without TLS, as gRPC servers do.

import { once } from 'node:events';
import {
  connect,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { get } from '../../dev/request.ts';
import { ALLOWED, atRest, type Between, putBetween } from './between.ts';

let app: Http2Server;
let serve: (request: Http2ServerRequest, response: Http2ServerResponse) => void;
let between: Between;

beforeAll(async () => {
  app = createServer((request, response) => serve(request, response)).listen(0, '127.0.0.1');
  await once(app, 'listening');
  between = await putBetween({ appPort: (app.address() as AddressInfo).port, protocol: 'H2C' });
});
afterAll(async () => {
  await between.stop();
  app.close();
});
beforeEach(() => {
  answerWith(200);
  serve = (request, response) => {
    response.addTrailers({ 'grpc-status': '0' });
    response.end(`${request.httpVersion} ${request.headers['x-auth-user']}`);
  };
});

function answerWith(status: number): void {
  between.authorize = (_request, response) =>
    response.writeHead(status, { ...ALLOWED, 'x-auth-user': 'joe' }).end();
}

const CALL = { ':path': '/shop.Orders/List', ':method': 'POST', te: 'trailers' };

function session() {
  return connect(`http://127.0.0.1:${between.port}`);
}

/** One HTTP/2 request, as a gRPC client makes it: status, body and trailers. */
async function call(headers: Readonly<Record<string, string>>): Promise<readonly [number, string, unknown]> {
  const client = session();
  try {
    const stream = client.request({ ...CALL, ...headers }).end();
    let trailers: unknown;
    stream.on('trailers', (received) => {
      trailers = received['grpc-status'];
    });
    const [response] = await once(stream, 'response');
    return [response[':status'], await text(stream), trailers ?? response['grpc-status']];
  } finally {
    client.close();
  }
}

it('HTTP/2 stays HTTP/2, trailers and all', async () => {
  expect(await call({})).toEqual([200, '2.0 joe', '0']);
});

it('a client with HTTP/1.1 gets through too', async () => {
  expect(await get(between.port, '/', {})).toMatchObject({ status: 200, body: '2.0 joe' });
});

it.each([
  [401, '16'],
  [403, '7'],
  [503, '14'],
])('a gRPC call that is answered %i has the grpc-status %s', async (status, expected) => {
  answerWith(status);
  expect(await call({ 'content-type': 'application/grpc' })).toEqual([200, '', expected]);
});

it.each<readonly [string, Between['authorize']]>([
  ['answers 503', (_request, response) => response.writeHead(503).end('{"reason":"keys_unavailable"}')],
  ['hangs up', (_request, response) => response.destroy()],
  ['says nothing for a second', () => {}],
])('a gRPC call is unavailable, and never gets through, where the authorizer %s', async (_, behaviour) => {
  let served = 0;
  serve = (_request, response) => {
    served += 1;
    response.end();
  };
  between.authorize = behaviour;
  const client = session();
  const stream = client.request({ ...CALL, 'content-type': 'application/grpc' }).end();
  const [headers] = await once(stream, 'response');
  client.destroy();
  expect(served).toBe(0);
  expect([headers['grpc-status'], headers['retry-after']]).toEqual(['14', '1']);
  expect(headers['grpc-message']).toContain('authorization_unavailable');
});

it('cookies that come in parts are judged, and passed on, as one', async () => {
  let seen: unknown;
  serve = (request, response) => {
    seen = request.headers.cookie;
    response.end();
  };
  const client = session();
  const stream = client.request({ ...CALL, cookie: ['a=1', 'b=2'] }).end();
  await once(stream, 'response');
  client.destroy();
  expect(between.checks.at(-1)?.headers.cookie).toBe('a=1; b=2');
  expect(seen).toBe('a=1; b=2');
});

it('of two names for the host, the app is called by the one that was judged', async () => {
  let seen: readonly unknown[] = [];
  serve = ({ authority, headers }, response) => {
    seen = [authority, headers.host];
    response.end();
  };
  const client = session();
  const stream = client.request({ ...CALL, ':authority': 'judged.example', host: 'other.example' }).end();
  await once(stream, 'response');
  client.destroy();
  expect(between.checks.at(-1)?.headers.host).toBe('judged.example');
  expect(seen).toEqual(['judged.example', undefined]);
});

it('both sides of a call speak when they like', async () => {
  serve = (request, response) => {
    response.writeHead(200);
    request.on('data', (part) => response.write(part));
    request.once('end', () => response.end());
  };
  const client = session();
  const stream = client.request(CALL).setEncoding('utf8');
  for (const word of ['one', 'two', 'three']) {
    stream.write(word);
    expect(await once(stream, 'data')).toEqual([word]);
  }
  client.destroy();
});

it('of a client’s trailers, those named like claim headers, or like what rules go by, are taken away', async () => {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  serve = (request, response) => {
    request.resume().once('end', () => {
      resolve(request.rawTrailers);
      response.end();
    });
  };
  const client = session();
  const stream = client.request(CALL, { waitForTrailers: true });
  stream.once('wantTrailers', () => {
    stream.sendTrailers({ 'X-Auth-Roles': 'admin', 'Mcp-Name': 'a', mcp_name: 'b', 'grpc-other': 'kept' });
  });
  stream.end('x');
  expect(await promise).toEqual(['grpc-other', 'kept']);
  client.destroy();
});

it('an answer waits in the app while its reader is slow, not in Envoy', async () => {
  const whole = 64 * 1024 * 1024;
  let written = 0;
  serve = (_request, { stream }) => {
    stream.on('error', () => {}); // the reader went away
    stream.respond({ ':status': 200 });
    const part = Buffer.alloc(64 * 1024);
    const fill = (): void => {
      for (let more = true; more && written < whole && !stream.destroyed; written += part.length) {
        more = stream.write(part);
      }
    };
    stream.on('drain', fill);
    fill();
  };
  const client = session();
  const stream = client.request(CALL).end();
  await once(stream, 'response');
  await expect
    .poll(
      atRest(() => written),
      { interval: 200 },
    )
    .toBe(true);
  client.destroy();
  expect(written).toBeLessThan(4 * 1024 * 1024);
});
