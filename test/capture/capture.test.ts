// `portcullis capture` in a network namespace of its own: who ends up at Envoy's listener, and who does not.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
/** Prints what it reads from host and port; the local address and port may be chosen. */
const CLIENT = `
const { connect } = require('node:net');
const [host, port, localAddress, localPort] = process.argv.slice(1);
connect({ host, port: Number(port), localAddress, localPort: localPort && Number(localPort) })
  .on('error', (error) => console.log(error.code))
  .pipe(process.stdout);
`;

/** Answers each datagram with the port that it came to. */
const DATAGRAM_SERVERS = `
const { createSocket } = require('node:dgram');
const ports = process.argv.slice(1).map(Number);
let up = 0;
for (const port of ports) {
  const socket = createSocket('udp6');
  socket.on('message', (_, { port: from, address }) => socket.send(String(port), from, address));
  socket.bind(port, '::', () => ++up === ports.length && console.log('up'));
}
`;
/**
 * Sends datagrams to the first port, and then to the second until that answers; prints all that came back. So nobody
 * waits for an answer that should not come: those of the first port would have come before.
 */
const DATAGRAM_CLIENT = `
const { createSocket } = require('node:dgram');
const [host, first, second, local = '0'] = process.argv.slice(1);
const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
const answers = new Set();
socket.on('message', (message) => {
  answers.add(String(message));
  if (String(message) !== second) return;
  console.log([...answers].join(' '));
  process.exit();
});
const send = (port) => socket.send('x', Number(port), host);
socket.bind(Number(local), () => {
  for (let i = 0; i < 5; i++) send(first);
  setInterval(() => send(second), 50);
});
`;

let pods: Pods;
let datagramServers: Server;
let servers: Server;
const capture = (...args: string[]) => pods.inPod(process.execPath, [program, 'capture', ...args]);
const answer = async (
  place: 'inPod' | 'atCaller',
  host: string,
  port: number,
  ...from: readonly string[]
) => {
  const args = ['-e', CLIENT, '--', host, String(port), ...from];
  const { stdout } = await pods[place](process.execPath, args);
  return stdout.trim();
};
const datagrams = async (place: 'inPod' | 'atCaller', host: string, ...ports: readonly number[]) => {
  const args = ['-e', DATAGRAM_CLIENT, '--', host, ...ports.map(String)];
  const { stdout } = await pods[place](process.execPath, args);
  return stdout.trim();
};

beforeAll(async () => {
  pods = await setUpPods();
  const ports = ['8080', '9090', '7070', '15906', '15907'];
  servers = pods.servingInPod('servers', process.execPath, ['-e', SERVERS, '--', ...ports]);
  datagramServers = pods.servingInPod('datagrams', process.execPath, [
    '-e',
    DATAGRAM_SERVERS,
    '--',
    '8080',
    '7070',
  ]);
  for (const each of [servers, datagramServers]) {
    await each.until('up', startLimit, async () => (each.logs.includes('up') ? true : undefined));
  }
});
afterAll(async () => {
  await servers?.stop();
  await datagramServers?.stop();
  await pods?.stop();
});

it('before, every port is the app’s', async () => {
  expect(await answer('atCaller', POD.ipv4, 8080)).toBe('8080');
  expect(await answer('atCaller', POD.ipv6, 8080)).toBe('8080');
  expect(await datagrams('atCaller', POD.ipv4, 8080, 7070)).toBe('8080 7070');
  expect(await datagrams('atCaller', POD.ipv6, 8080, 7070)).toBe('8080 7070');
});

describe('after it', () => {
  beforeAll(async () => {
    expect(await capture('8080=15906', '9090=15907', '6060=15908')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it.each([
    [POD.ipv4, 8080, '15906'],
    [POD.ipv6, 8080, '15906'],
    [POD.ipv4, 9090, '15907'],
    [POD.ipv6, 9090, '15907'],
    [POD.ipv4, 7070, '7070'],
    [POD.ipv6, 7070, '7070'],
  ])('a caller from outside to %s port %i is answered by %s', async (host, port, answered) => {
    expect(await answer('atCaller', host, port)).toBe(answered);
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.6'],
    ['::1', '::1'],
  ])('a caller inside to %s from %s reaches the app', async (host, from) => {
    expect(await answer('inPod', host, 8080, from)).toBe('8080');
  });

  it.each([
    ['10.99.0.2', POD.ipv4],
    ['fd99::2', POD.ipv6],
  ])('the pod itself may connect to %s from a guarded port', async (host, own) => {
    const far = pods.servingAtCaller('far', process.execPath, ['-e', SERVERS, '--', '5353']);
    try {
      await far.until('up', startLimit, async () => (far.logs.includes('up') ? true : undefined));
      expect(await answer('inPod', host, 5353, own, '6060')).toBe('5353');
    } finally {
      await far.stop();
    }
  });

  it.each([POD.ipv4, POD.ipv6])('datagrams to %s reach other ports alone', async (host) => {
    expect(await datagrams('atCaller', host, 8080, 7070)).toBe('7070');
  });

  it.each(['127.0.0.1', '::1'])('datagrams inside to %s reach the app', async (host) => {
    expect(await datagrams('inPod', host, 8080, 7070)).toBe('8080 7070');
  });

  it.each(['10.99.0.2', 'fd99::2'])('answers from %s come in, whatever port they go to', async (host) => {
    const far = pods.servingAtCaller('far', process.execPath, ['-e', DATAGRAM_SERVERS, '--', '5353']);
    try {
      await far.until('up', startLimit, async () => (far.logs.includes('up') ? true : undefined));
      expect(await datagrams('inPod', host, 5353, 5353, 9090)).toBe('5353');
    } finally {
      await far.stop();
    }
  });

  it('a forged sender does not get past it', async () => {
    // ::6 is nobody's address; to be let through by it would be to let anybody in.
    await pods.atCaller('ip', ['-6', 'addr', 'add', '::6/128', 'dev', 'far', 'nodad']);
    await pods.inPod('ip', ['-6', 'route', 'add', '::6/128', 'dev', 'eth0']);
    expect(await answer('atCaller', POD.ipv6, 8080, '::6')).toBe('15906');
  });

  it('it can be run again, and what it says then holds alone', async () => {
    expect((await capture('8080=15907')).code).toBe(0);
    expect(await answer('atCaller', POD.ipv4, 8080)).toBe('15907');
    expect(await answer('atCaller', POD.ipv4, 9090)).toBe('9090');
    expect((await capture('8080=15906', '9090=15907')).code).toBe(0);
    const once = await pods.inPod('nft', ['list', 'ruleset']);
    expect((await capture('8080=15906', '9090=15907')).code).toBe(0);
    expect(await pods.inPod('nft', ['list', 'ruleset'])).toEqual(once);
  });

  it('rules of others stay', async () => {
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
  it('without NET_ADMIN', async () => {
    const without = ['--bounding-set=-net_admin', '--inh-caps=-net_admin', process.execPath, program];
    const { code, stdout, stderr } = await pods.inPod('setpriv', [...without, 'capture', '8080=15906']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^portcullis: nft may not change [^\n]*capability NET_ADMIN[^\n]*\n$/);
    expect(await answer('atCaller', POD.ipv4, 8080)).toBe('15906');
  });
});
