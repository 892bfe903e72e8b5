/** Questions over real connections: how they are sent, and how much is read. */

import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connections, type Handler, never, problemOf, QUESTION, read } from '../testing/connection.ts';
import type { Reply } from './transport.ts';

let files: ReturnType<typeof connections>['files'];
let setUp: ReturnType<typeof connections>['setUp'];
let remove: ReturnType<typeof connections>['remove'];
beforeEach(() => {
  ({ files, setUp, remove } = connections());
});
afterEach(() => remove());

describe('a question', () => {
  it('shows the token, and keeps its connection', async () => {
    const seen: IncomingMessage[] = [];
    const { server, connection } = await setUp((request, response) => {
      seen.push(request);
      response.end('ok');
    });
    for (let times = 0; times < 3; times++) expect(await read(connection)).toEqual([200, 'ok']);
    const [first] = seen;
    expect([first?.method, first?.url, server.connections()]).toEqual(['GET', QUESTION.pathAndQuery, 1]);
    expect(first?.headers).toMatchObject({
      authorization: 'Bearer token',
      'x-a': 'b',
      'accept-encoding': 'identity',
      'user-agent': 'portcullis',
    });
    connection.renew();
    await read(connection);
    expect(server.connections()).toBe(2);
  });

  it('keeps it, too, when a reply has no body and is skipped, and not when it is dropped', async () => {
    const { server, connection } = await setUp((_, response) => void response.writeHead(304).end());
    const send = async (): Promise<Reply> => connection.send(QUESTION, never());
    (await send()).skip();
    (await send()).drop();
    await send();
    expect(server.connections()).toBe(2);
  });

  it('of another kind goes by a connection of its own while one is held', async () => {
    const { promise: held, resolve: hold } = Promise.withResolvers<ServerResponse>();
    const { connection } = await setUp((request, response) => {
      if (request.method === 'GET') hold(response);
      else request.pipe(response);
    });
    const polling = connection.send(QUESTION, never());
    const waiting = await held;
    const post = { ...QUESTION, method: 'POST', body: '{"ü":1}' } as const;
    const reply = await connection.send(post, never());
    expect(await reply.read(1000)).toBe('{"ü":1}');
    waiting.end('ok');
    expect(await (await polling).read(1000)).toBe('ok');
  });

  it('below a path, over plain HTTP on loopback, needs no authority', async () => {
    const { server, connection } = await setUp((_, response) => void response.end('ok'), {
      plain: true,
      url: 'http://127.0.0.1:PORT/base/',
    });
    writeFileSync(files.caFile, '');
    expect(await read(connection)).toEqual([200, 'ok']);
    expect(server.asked[0]?.url).toBe(`/base${QUESTION.pathAndQuery}`);
  });

  it('ends when it is called off, before and after the head', async () => {
    const { connection } = await setUp((request, response) => {
      if (request.url?.includes('held')) return;
      response.writeHead(200, { 'content-length': '10' }).write('abc');
    });
    const first = new AbortController();
    const held = problemOf(connection.send({ ...QUESTION, pathAndQuery: '/held' }, first.signal));
    first.abort();
    expect(await held).toMatch(/^connection /);
    const second = new AbortController();
    const reply = await connection.send(QUESTION, second.signal);
    const reading = problemOf(reply.read(1000));
    second.abort();
    expect(await reading).toMatch(/^connection /);
    expect(await problemOf(connection.send(QUESTION, AbortSignal.abort()))).toMatch(/^connection /);
  });

  it('is never sent on: a redirect is a reply like another', async () => {
    const { server, connection } = await setUp(
      (_, response) => void response.writeHead(307, { location: '/other' }).end('x'),
    );
    expect(await read(connection)).toEqual([307, 'x']);
    expect(server.asked).toHaveLength(1);
  });

  it('takes long header fields: the times of many sources', async () => {
    const { connection } = await setUp(
      (_, response) => void response.writeHead(200, { 'x-long': 'a'.repeat(500_000) }).end(),
    );
    expect((await connection.send(QUESTION, never())).headers['x-long']).toHaveLength(500_000);
  });
});

describe('a body', () => {
  it.each<[string, Handler]>([
    [
      'cut short of its length',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('abc', () => response.destroy());
      },
    ],
    [
      'cut between its chunks',
      (_, response) => {
        response.writeHead(200).write('abc', () => response.destroy());
      },
    ],
  ])('%s is none', async (_, handler) => {
    const { connection } = await setUp(handler);
    expect(await problemOf(read(connection))).toMatch(/ended the connection before its answer was whole/);
  });

  it('that never ends is read so far and no further', async () => {
    const { connection } = await setUp((_, response) => {
      const more = (): void => void (response.destroyed || response.write('a'.repeat(100), more));
      more();
    });
    expect(await read(connection)).toEqual([200, undefined]);
  });
});
