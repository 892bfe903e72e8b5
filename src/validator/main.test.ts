/** The program as it is started: its addresses, its messages, and how it ends. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { token } from '../../test/support/tokens.ts';
import { bindingText, sourceText } from './testing/manifests.ts';
import { rawConnection } from './testing/sockets.ts';

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

let folder: string;
const running: { readonly child: ChildProcess; readonly ended: Promise<unknown> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-main-'));
  writeFileSync(join(folder, 'source.yaml'), sourceText());
  writeFileSync(join(folder, 'open.yaml'), bindingText('open', 'open.example'));
  writeFileSync(join(folder, 'guarded.yaml'), bindingText('guarded', 'guarded.example', 'Required'));
});
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
  });
  const ended: Promise<Ended> = once(child, 'close').then(([code]: (number | null)[]) => ({
    code: code ?? null,
    ...text,
  }));
  running.push({ child, ended });
  const lines = createInterface({ input: child.stdout });
  /** The next line of the log with this message. */
  const logged = async (message: string): Promise<Record<string, string>> => {
    for await (const [line] of lineEvents(lines, ended)) {
      const entry = JSON.parse(line ?? '{}');
      if (entry.msg === message) return entry;
    }
    throw new Error(`ended before it said ${message}: ${JSON.stringify(await ended)}`);
  };
  return { child, ended, logged };
}

async function* lineEvents(lines: ReturnType<typeof createInterface>, ended: Promise<unknown>) {
  const queue: string[] = [];
  let wake = () => {};
  let over = false;
  lines.on('line', (line) => {
    queue.push(line);
    wake();
  });
  void ended.then(() => {
    over = true;
    wake();
  });
  while (!over || queue.length > 0) {
    const line = queue.shift();
    if (line !== undefined) yield [line];
    else
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  }
}

const ADDRESSES = [
  '--http',
  '127.0.0.1:0',
  '--grpc',
  '127.0.0.1:0',
  '--admin',
  '127.0.0.1:0',
  '--probes',
  '127.0.0.1:0',
];
const portOf = (address: string | undefined) => Number(address?.split(':').at(-1));

it('serves, is ready, and ends well on SIGTERM with a request in flight', async () => {
  const { child, ended, logged } = run('validator', '--manifests', folder, ...ADDRESSES);
  const { http, admin, probes } = await logged('serving');
  expect(await (await fetch(`http://${admin}/readyz`)).text()).toBe('ok\n');
  expect((await fetch(`http://${probes}/startupz`)).status).toBe(200);
  const policy = await (await fetch(`http://${admin}/policy`)).json();
  expect(policy).toMatchObject({ bindings: [{ id: 'default/guarded' }, { id: 'default/open' }] });

  const idle = await rawConnection(portOf(http));
  idle.send('GET /envoy/ HTTP/1.1\r\nHost: open.example\r\n\r\n');
  expect((await idle.answer()).status).toBe(200);
  idle.send('GET / HTTP/1.1\r\nHost: open.example\r\n\r\n');
  expect((await idle.answer()).status).toBe(404);
  expect(await (await fetch(`http://${admin}/metrics`)).text()).toContain(
    'portcullis_decisions_total{binding="",outcome="denied",reason="request_malformed"} 1\n',
  );
  const busy = await rawConnection(portOf(http));
  const bearer = token({ claims: { iss: 'https://issuer.example', aud: 'api', sub: 'joe', exp: 4e9 } });
  busy.send(`GET /envoy/ HTTP/1.1\r\nHost: guarded.example\r\nAuthorization: Bearer ${bearer}\r\n`);
  // Its head is half sent when the signal comes.
  idle.send('GET /envoy/ HTTP/1.1\r\nHost: open.example\r\n\r\n');
  await idle.answer();
  child.kill('SIGTERM');
  await idle.closed;
  busy.send('\r\n');
  const answer = await busy.answer();
  expect([answer.status, answer.headers.get('x-auth-user')]).toEqual([200, 'joe']);
  await busy.closed;
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});

it('ends though a client never finishes its request', async () => {
  const { child, ended, logged } = run('validator', '--manifests', folder, ...ADDRESSES);
  const { http } = await logged('serving');
  const half = await rawConnection(portOf(http));
  half.send('GET /envoy/ HTTP/1.1\r\nHost: open.exa');
  const other = await rawConnection(portOf(http));
  other.send('GET /envoy/ HTTP/1.1\r\nHost: open.example\r\n\r\n');
  await other.answer();
  child.kill('SIGTERM');
  // After how long is a matter of drain.test.ts.
  expect(await ended).toMatchObject({ code: 0 });
});

it('says that checks travel in plain text, where they leave the machine', async () => {
  const open = run('validator', '--manifests', folder, ...ADDRESSES, '--http', '0.0.0.0:0');
  const warned = await open.logged(
    "checks travel in plain text, callers' tokens with them, and whoever answers in this validator's stead decides: " +
      'give --tls-cert and --tls-key unless the network itself encrypts',
  );
  expect(warned.addresses).toBe('0.0.0.0:0');
  const local = run('validator', '--manifests', folder, ...ADDRESSES);
  await local.logged('serving');
  local.child.kill('SIGTERM');
  expect((await local.ended).stdout).not.toContain('plain text');
});

describe('says in one line why it does not start', () => {
  it.each<[string, number, RegExp, (folder: string) => string[]]>([
    [
      'a flag that there is not',
      2,
      /^portcullis: Unknown option '--no'\./,
      (dir) => ['validator', '--manifests', dir, '--no'],
    ],
    ['no folder', 2, /^portcullis: --manifests DIR is missing/, () => ['validator']],
    [
      'a folder that is missing',
      1,
      /^portcullis: the folder \S+\/no does not exist/,
      (dir) => ['validator', '--manifests', `${dir}/no`],
    ],
    [
      'a bad address',
      2,
      /^portcullis: --http must be host:port/,
      (dir) => ['validator', '--manifests', dir, '--http', 'x'],
    ],
    [
      'blocks that are none',
      2,
      /^portcullis: --fetch-deny-cidrs: "x" is not/,
      (dir) => ['validator', '--manifests', dir, '--fetch-deny-cidrs', 'x'],
    ],
    [
      'a certificate that is missing',
      1,
      /^portcullis: --tls-cert \S+\/no.crt cannot be read \(ENOENT\)/,
      (dir) => ['validator', '--manifests', dir, '--tls-cert', `${dir}/no.crt`, '--tls-key', `${dir}/no.key`],
    ],
    [
      'a command that there is not',
      2,
      /^portcullis: there is no command "validate"; there is: validator/,
      () => ['validate'],
    ],
  ])('%s', async (_, code, message, args) => {
    const { stderr, stdout, code: exit } = await run(...args(folder)).ended;
    expect([exit, stdout]).toEqual([code, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it.each(['http', 'grpc', 'admin', 'probes'])('a port in use (%s)', async (flag) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await run(
      'validator',
      '--manifests',
      folder,
      ...ADDRESSES,
      `--${flag}`,
      `127.0.0.1:${port}`,
    ).ended;
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^portcullis: cannot listen on 127\\.0\\.0\\.1:${port}: something else does already\\.[^\\n]*\\n$`,
      ),
    );
  });
});

it.each([
  [['--help'], 0, /^Usage: portcullis COMMAND/],
  [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
  [['validator', '--help'], 0, /^Usage: portcullis validator/],
  [['validator', '--version'], 0, /^\d+\.\d+\.\d+\n$/],
])('%j', async (args, code, output) => {
  const ended = await run(...args).ended;
  expect(ended).toMatchObject({ code, stderr: '' });
  expect(ended.stdout).toMatch(output);
});

it('without a command the usage is shown, and it is an error', async () => {
  expect(await run().ended).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^Usage: portcullis COMMAND/),
  });
});
