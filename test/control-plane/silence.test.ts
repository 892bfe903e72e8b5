/** A control plane to which packets vanish, and a validator process that asks it: both in one network, which nftables cuts. */

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
    ...[`PORTCULLIS_TOKEN_FILE=${file('token')}`, `PORTCULLIS_CA_FILE=${file('ca.crt')}`],
    ...[`PORTCULLIS_STATE_DIR=${file('state')}`, process.execPath, MAIN, 'validator'],
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

const lines = (): readonly Line[] =>
  validator.logs
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line));
const lineOf = (beginning: string): Line | undefined => lines().find(({ msg }) => msg.startsWith(beginning));
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
  const mute = `the control plane ${address} does not answer: the connection stands`;
  expect(lineOf(mute)).toBeUndefined();
  await vi.waitFor(() => expect(plane.logs).toContain('holds a question'), SOON);
  await drop();
  await vi.waitFor(() => expect(lineOf(mute)).toBeDefined(), SOON);
  expect(lineOf(mute)).toMatchObject({
    msg: expect.stringMatching(/NetworkPolicy.*Service.*operator's pods.*\(no answer within 15 s\)$/),
    policy: expect.stringMatching(/^confirmed \d+s ago; it is used for another 23h59m\d+s$/),
  });
  expect(await ask('admin', '/readyz')).toMatchObject({ status: 200 });
  expect(await ask('checks', '/envoy/')).toMatchObject(JUDGED);
  expect(await policyAge()).toBeGreaterThan(10);
  await flow();
  await vi.waitFor(() => expect(count('the control plane answers again')).toBe(2), SOON);
  expect(await policyAge()).toBeLessThan(15);
});
