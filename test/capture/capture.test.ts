// `portcullis capture` in a network namespace of its own: who ends up at Envoy's listener, and who does not.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Server } from '../support/server.ts';
import { POD, type Pods, setUpPods } from './pods.ts';

const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const startLimit = 60;

/** Says on each port which port it is. */
const SERVERS = `
const { createServer } = require('node:net');
const ports = process.argv.slice(1).map(Number);
let up = 0;
for (const port of ports)
  createServer((socket) => socket.on('error', () => {}).end(String(port)))
    .listen(port, '::', () => ++up === ports.length && console.log('up'));
`;
/** Prints what it reads from host, port and, where there is one, from a local address. */
const CLIENT = `
const { connect } = require('node:net');
const [host, port, localAddress] = process.argv.slice(1);
connect({ host, port: Number(port), localAddress })
  .on('error', (error) => console.log(error.code))
  .pipe(process.stdout);
`;

let pods: Pods;
let servers: Server;
const capture = (...args: string[]) => pods.inPod(process.execPath, [program, 'capture', ...args]);
const answer = async (place: 'inPod' | 'atCaller', host: string, port: number, from?: string) => {
  const args = ['-e', CLIENT, '--', host, String(port), ...(from === undefined ? [] : [from])];
  const { stdout } = await pods[place](process.execPath, args);
  return stdout.trim();
};

beforeAll(async () => {
  pods = await setUpPods();
  const ports = ['8080', '9090', '7070', '15906', '15907'];
  servers = pods.servingInPod('servers', process.execPath, ['-e', SERVERS, '--', ...ports]);
  await servers.until('up', startLimit, async () => (servers.logs.includes('up') ? true : undefined));
}, 120_000);
afterAll(async () => {
  await servers?.stop();
  await pods?.stop();
});

test('before, every port is the app’s', async () => {
  expect(await answer('atCaller', POD.ipv4, 8080)).toBe('8080');
  expect(await answer('atCaller', POD.ipv6, 8080)).toBe('8080');
});

describe('after it', () => {
  beforeAll(async () => {
    expect(await capture('8080=15906', '9090=15907')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test.each([
    [POD.ipv4, 8080, '15906'],
    [POD.ipv6, 8080, '15906'],
    [POD.ipv4, 9090, '15907'],
    [POD.ipv6, 9090, '15907'],
    [POD.ipv4, 7070, '7070'],
    [POD.ipv6, 7070, '7070'],
  ])('a caller from outside to %s port %i is answered by %s', async (host, port, answered) => {
    expect(await answer('atCaller', host, port)).toBe(answered);
  });

  test.each([
    ['127.0.0.1', undefined],
    ['127.0.0.1', '127.0.0.6'],
    ['::1', undefined],
  ])('a caller inside to %s from %s reaches the app', async (host, from) => {
    expect(await answer('inPod', host, 8080, from)).toBe('8080');
  });

  test('a forged sender does not get past it', async () => {
    // ::6 is nobody's address; to be let through by it would be to let anybody in.
    await pods.atCaller('ip', ['-6', 'addr', 'add', '::6/128', 'dev', 'far', 'nodad']);
    await pods.inPod('ip', ['-6', 'route', 'add', '::6/128', 'dev', 'eth0']);
    expect(await answer('atCaller', POD.ipv6, 8080, '::6')).toBe('15906');
  });

  test('it can be run again, and what it says then holds alone', async () => {
    expect((await capture('8080=15907')).code).toBe(0);
    expect(await answer('atCaller', POD.ipv4, 8080)).toBe('15907');
    expect(await answer('atCaller', POD.ipv4, 9090)).toBe('9090');
    expect((await capture('8080=15906', '9090=15907')).code).toBe(0);
    const once = await pods.inPod('nft', ['list', 'ruleset']);
    expect((await capture('8080=15906', '9090=15907')).code).toBe(0);
    expect(await pods.inPod('nft', ['list', 'ruleset'])).toEqual(once);
  });

  test('rules of others stay', async () => {
    await pods.inPod('nft', ['-f', '-'], 'table inet mine {\n}\n');
    await capture('8080=15906', '9090=15907');
    expect((await pods.inPod('nft', ['list', 'tables'])).stdout.split('\n').sort()).toEqual([
      '',
      'table inet mine',
      'table inet portcullis',
    ]);
  });
});

describe('says in one line why it cannot', () => {
  test('without NET_ADMIN', async () => {
    const without = ['--bounding-set=-net_admin', '--inh-caps=-net_admin', process.execPath, program];
    const { code, stdout, stderr } = await pods.inPod('setpriv', [...without, 'capture', '8080=15906']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^portcullis: nft may not change [^\n]*capability NET_ADMIN[^\n]*\n$/);
    expect(await answer('atCaller', POD.ipv4, 8080)).toBe('15906');
  });
});
