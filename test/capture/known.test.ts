// Connections that the kernel knows from before `portcullis capture`: they do not go past Envoy for that.

import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Server } from '../support/server.ts';
import { POD, setUpPods } from './pods.ts';

const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const startLimit = 60;

/** Says back on each port what it hears. */
const ECHOES = `
const { createServer } = require('node:net');
const ports = process.argv.slice(1).map(Number);
let up = 0;
for (const port of ports)
  createServer((socket) => socket.on('error', () => {}).pipe(socket))
    .listen(port, '::', () => ++up === ports.length && console.log('up'));
`;
/**
 * Keeps a connection to each of two ports, on which it says a word at the start and one when it gets SIGUSR2; prints what
 * it hears on the first, and what it hears on the second. Nobody waits for an answer that should not come: one on the
 * first would be there before the one on the second, which is asked later.
 */
const KEEPER = `
const { connect } = require('node:net');
const [host, ...ports] = process.argv.slice(1);
const [first, second] = ports.map((port) =>
  connect({ host, port: Number(port) }).setNoDelay().on('error', () => {})
    .on('data', (word) => console.log(port + ' ' + word)));
const say = (word) => {
  first.write(word);
  setImmediate(() => second.write(word));
};
say('early');
process.on('SIGUSR2', () => say('late'));
`;

const said = (server: Server, ...lines: readonly string[]) =>
  server.until(lines.join(), startLimit, async () =>
    lines.every((line) => server.logs.split('\n').includes(line)) ? true : undefined,
  );

it.each([POD.ipv4, POD.ipv6])(
  'a kept connection to %s says nothing to the app any more',
  async (host) => {
    const pods = await setUpPods();
    onTestFinished(() => pods.stop());
    // Without rules that ask for it the kernel would not yet know of any connection.
    const tracking =
      'table inet others { chain any { type filter hook input priority 0; ct state new accept; }; }';
    expect((await pods.inPod('nft', ['-f', '-'], tracking)).code).toBe(0);
    const echoes = pods.servingInPod('echoes', process.execPath, ['-e', ECHOES, '--', '8080', '7070']);
    onTestFinished(() => echoes.stop());
    await said(echoes, 'up');
    const keeper = pods.servingAtCaller('keeper', process.execPath, [
      '-e',
      KEEPER,
      '--',
      host,
      '8080',
      '7070',
    ]);
    onTestFinished(() => keeper.stop());
    await said(keeper, '8080 early', '7070 early');

    expect((await pods.inPod(process.execPath, [program, 'capture', '8080=15906'])).code).toBe(0);
    keeper.signal('SIGUSR2');
    await said(keeper, '7070 late');
    expect(keeper.logs.split('\n')).not.toContain('8080 late');
  },
  120_000,
);
