import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { judging } from './readiness.ts';

const question = { method: 'GET', url: 'http://127.0.0.1:8080/', headers: {}, token: 'a.b.c' };
const unavailable = { status: 503, reason: 'keys_unavailable', detail: 'No keys yet.' };

let validator: Server;
let answer: () => object;
let asked: unknown;
let port: number;

beforeEach(async () => {
  validator = createServer(async (request, response) => {
    asked = [request.url, JSON.parse(await text(request))];
    response.end(JSON.stringify(answer()));
  });
  await new Promise<void>((listening) => validator.listen(0, '127.0.0.1', listening));
  ({ port } = validator.address() as AddressInfo);
});
afterEach(() => {
  validator.close();
});

const ask = (options: Partial<Parameters<typeof judging>[0]> = {}) =>
  judging({
    ...{ admin: `127.0.0.1:${port}`, question, listeners: [{ port, host: '127.0.0.1' }] },
    ...{ isMistaken: () => false, timeout: 60_000, ...options },
  });

it.each([200, 401, 403])('is over at an answer of %s', async (status) => {
  answer = () => ({ status });
  expect(await ask()).toBeUndefined();
  expect(asked).toEqual(['/explain', question]);
});

it('goes on asking while nobody can say', async () => {
  const answers = [unavailable, unavailable, { status: 200 }];
  answer = () => answers.shift() ?? { status: 500 };
  expect(await ask()).toBeUndefined();
  expect(answers).toEqual([]);
});

it('says why not, after its time', async () => {
  answer = () => unavailable;
  expect(await ask({ timeout: 1 })).toBe('keys_unavailable: No keys yet.');
  answer = () => ({ status: 200 });
  expect(await ask({ timeout: 1, listeners: [{ path: '/nowhere/validator.sock' }] })).toBe(
    'not all of them listen',
  );
});

it('waits for the end of a mistake as long as that takes, and says so once', async () => {
  let told = 0;
  let answers = 0;
  answer = () => (++answers < 4 ? unavailable : { status: 200 });
  const onMistake = () => {
    told += 1;
  };
  expect(await ask({ timeout: 1, isMistaken: () => true, onMistake })).toBeUndefined();
  expect([told, answers]).toEqual([1, 4]);
});
