import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DemoApi, startDemoApi } from './api.ts';
import { type DevelopmentProvider, startProvider } from './provider.ts';
import { takeTour } from './tour.ts';

let provider: DevelopmentProvider;
let api: DemoApi;

beforeEach(async () => {
  provider = await startProvider(0);
  api = await startDemoApi(0);
});
afterEach(async () => {
  await provider.stop();
  await api.stop();
});

it('notices an API that nobody guards, and each thing that is wrong with that', async () => {
  const lines: string[] = [];
  const wrong = await takeTour({ port: api.port, provider, print: (line) => lines.push(line) });
  expect(wrong).toBeGreaterThan(0);
  expect(lines.at(-1)).toBe(`${wrong} answers came out wrong.`);
  const complaints = lines.filter((line) => line.includes('WRONG'));
  expect(complaints).toContain('   WRONG: status 200 instead of 401');
  expect(complaints).toContain('   WRONG: status 200 instead of 403');
  expect(complaints).toContain('   WRONG: the API saw x-auth-user ann instead of nowhere');
  expect(complaints).toContain('   WRONG: the API saw x-auth-user nowhere instead of joe');
});

it('notices a door that is shut for everyone, and one that hangs up', async () => {
  let served = 0;
  const server = createServer((request, response) => {
    served += 1;
    if (served === 1) request.destroy();
    else response.writeHead(401).end('{"reason":"token_missing"}');
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as AddressInfo;

  const lines: string[] = [];
  expect(await takeTour({ port, provider, print: (line) => lines.push(line) })).toBeGreaterThan(0);
  expect(lines).toContain('   WRONG: there was no answer');
  expect(lines).toContain('   WRONG: status 401 instead of 200');
  expect(lines).toContain('   WRONG: reason token_missing instead of token_expired');
  server.close();
});

it('never prints a token', async () => {
  const lines: string[] = [];
  await takeTour({ port: api.port, provider, print: (line) => lines.push(line) });
  expect(lines.join('\n')).not.toContain('eyJ');
});
