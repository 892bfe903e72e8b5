/** A control plane to which packets vanish, and a validator process that asks it: both in one network, which nftables cuts. */

import { writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Pods, setUpPods } from '../capture/pods.ts';
import { type Server, temporaryFolder } from '../support/server.ts';

const MAIN = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const PLANE = new URL('plane.ts', import.meta.url).pathname;
/** Hosts that the policy does not name are refused by it. */
const JUDGED = { status: 403, reason: 'host_unbound' };
/** Longer than a question is held, and its answer waited for. */
const SOON = { timeout: 60_000, interval: 100 };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let pods: Pods;
let plane: Server;
let validator: Server;
let address: string;

beforeAll(async () => {
  folder = await temporaryFolder('silence');
  pods = await setUpPods();
  plane = pods.servingInPod('plane', process.execPath, [PLANE, folder.path]);
  address = await plane.until('listening', 60, async () => /listening at (\S+)/.exec(plane.logs)?.[1]);
  await drop();
  const file = (name: string) => path.join(folder.path, name);
  validator = pods.servingInPod('validator', 'env', [
    ...[...files(), process.execPath, MAIN, 'validator'],
    ...['--control-plane', `https://${address}`, '--grpc', 'off'],
    ...['--http', `unix:${file('checks')}`, '--admin', `unix:${file('admin')}`],
  ]);
  await validator.until('serving', 60, async () => (lineOf('serving') === undefined ? undefined : true));
});
afterAll(async () => {
  await validator?.stop();
  await plane?.stop();
  await pods?.stop();
  await folder?.remove();
});

/** Variables of the environment. */
const files = (): readonly string[] =>
  ['TOKEN_FILE token', 'CA_FILE ca.crt', 'STATE_DIR state'].map((pair) => {
    const [name, file = ''] = pair.split(' ');
    return `PORTCULLIS_${name}=${path.join(folder.path, file)}`;
  });

const drop = () =>
  nft(
    ['add table inet silence', 'add chain inet silence in { type filter hook input priority 0; }']
      .concat(['dport', 'sport'].map((side) => `add rule inet silence in tcp ${side} ${port()} drop`))
      .join('\n'),
  );
const flow = () => nft('delete table inet silence');

async function nft(script: string): Promise<void> {
  const { code, stderr } = await pods.inPod('nft', ['-f', '-'], script);
  expect([code, stderr]).toEqual([0, '']);
}

const port = (): string => address.split(':')[1] ?? '';

type Line = Readonly<Record<string, unknown>> & { readonly msg: string };

const lines = ({ logs }: Server = validator): readonly Line[] =>
  logs
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line));
const lineOf = (beginning: string, server?: Server): Line | undefined =>
  lines(server).find(({ msg }) => msg.startsWith(beginning));
const count = (beginning: string): number => lines().filter(({ msg }) => msg.startsWith(beginning)).length;

/** Status and body, of a page or a check; by a socket in the file system, which both networks share. */
async function ask(socket: 'admin' | 'checks', at: string) {
  const asking = request({ socketPath: path.join(folder.path, socket), path: at });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    asking.once('response', resolve).once('error', reject).end();
  });
  const answer = await answered;
  const body = await text(answer);
  return { status: answer.statusCode, body: body.trim(), reason: answer.headers['portcullis-reason'] };
}

const policyAge = async (): Promise<number | undefined> => {
  const found = /^portcullis_policy_age_seconds (\S+)$/m.exec((await ask('admin', '/metrics')).body);
  return found === null ? undefined : Number(found[1]);
};

it('from the start: log and readiness say who does not answer, and what to do', async () => {
  const silence = `the control plane ${address} does not answer: `;
  await vi.waitFor(() => expect(lineOf(silence)).toBeDefined(), SOON);
  expect(lineOf(silence)).toMatchObject({
    msg: expect.stringMatching(
      /packets to it vanish.*NetworkPolicy.*Service.*operator's pods.*\(ETIMEDOUT\)$/,
    ),
    policy: 'none: every request gets policy_missing until the control plane answers',
    remedy: 'docs/troubleshooting.md#the-control-plane-cannot-be-reached',
  });
  expect(await ask('admin', '/readyz')).toMatchObject({
    status: 503,
    body: expect.stringMatching(`^no policy has been received yet; ${silence}`),
  });
  expect(await ask('checks', '/envoy/')).toMatchObject({ status: 503, reason: 'policy_missing' });
  expect(await policyAge()).toBeUndefined();
});

it('it has its policy by itself once packets flow', async () => {
  await flow();
  await vi.waitFor(async () => expect(await ask('admin', '/readyz')).toMatchObject({ status: 200 }), SOON);
  expect(await ask('checks', '/envoy/')).toMatchObject(JUDGED);
  expect(count('the control plane answers again')).toBe(1);
});

it('where an established connection goes mute, the policy serves on, and the log says how old it is', async () => {
  // What was not acknowledged yet when packets began to vanish the kernel may give up before the validator does.
  const silence = `the control plane ${address} does not answer: `;
  const before = count(silence);
  await vi.waitFor(() => expect(plane.logs).toContain('holds a question'), SOON);
  await drop();
  await vi.waitFor(() => expect(count(silence)).toBeGreaterThan(before), SOON);
  const told = lines().filter(({ msg }) => msg.startsWith(silence));
  expect(told[before]).toMatchObject({
    msg: expect.stringMatching(
      /NetworkPolicy.*Service.*operator's pods run\? \((no answer within 15 s|ETIMEDOUT)\)$/,
    ),
    policy: expect.stringMatching(/^confirmed \d+s ago; it is used for another 23h59m\d+s$/),
  });
  expect(await ask('admin', '/readyz')).toMatchObject({ status: 200 });
  expect(await ask('checks', '/envoy/')).toMatchObject(JUDGED);
  const age = await policyAge();
  expect(age).toBeGreaterThan(0);
  await flow();
  await vi.waitFor(() => expect(count('the control plane answers again')).toBe(2), SOON);
  expect(await policyAge()).toBeLessThan(age ?? 0);
});

it('where DNS does not answer it says so, and ends when it is asked to, though the lookup goes on', async () => {
  const file = (name: string) => path.join(folder.path, name);
  // The longest that there is: hours.
  const servers = [1, 2, 3].map((last) => `nameserver 127.0.0.${last}\n`).join('');
  await writeFile(file('resolv.conf'), `${servers}options timeout:30 attempts:5\n`);
  await nft(
    'add table inet dns\nadd chain inet dns in { type filter hook input priority 0; }\nadd rule inet dns in udp dport 53 drop',
  );
  const name = 'portcullis-policy.portcullis-system.svc:9444';
  const command = `mount --bind ${file('resolv.conf')} /etc/resolv.conf; exec "$@"`;
  const lost = pods.servingInPod('lost', 'unshare', [
    ...['--mount', 'sh', '-ec', command, 'sh', 'env', ...files(), process.execPath, MAIN, 'validator'],
    ...[
      '--control-plane',
      `https://${name}`,
      '--http',
      `unix:${file('lost')}`,
      '--grpc',
      'off',
      '--admin',
      'off',
    ],
  ]);
  try {
    const silence = `the control plane ${name} cannot be looked up: DNS does not answer; does a NetworkPolicy`;
    await vi.waitFor(() => expect(lineOf(silence, lost)).toBeDefined(), SOON);
    lost.signal('SIGTERM');
    expect(await lost.ended()).toBe('ended (exit code 0)');
  } finally {
    await lost.stop();
  }
});
