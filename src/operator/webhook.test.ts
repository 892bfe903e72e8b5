import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { connect, createServer, type Socket } from 'node:net';
import { beforeAll, expect, it } from 'vitest';
import { freePorts } from '../../test/support/server.ts';
import { fakeClock, settle } from '../base/testing/clock.ts';
import { createAuthority } from '../issuers/testing/certificates.ts';
import { createPolicies } from '../planning/policies.ts';
import { changingCertificates } from '../process/testing/certificates.ts';
import type { CertificateSource, ServerCertificate } from '../process/tls.ts';
import { ADMISSION_PATH } from './admission/configuration.ts';
import { readOperatorOptions, sidecarSettings } from './options.ts';
import { fakeApi } from './testing/api.ts';
import { serveWebhook, type WebhookParts } from './webhook.ts';

let certificate: ServerCertificate;
beforeAll(async () => {
  certificate = await (await createAuthority('test')).issue(['localhost']);
});

const KEY = 'a'.repeat(64);

function world(port: number) {
  const clock = fakeClock();
  const bugs: unknown[] = [];
  const { promise: certificates, resolve } = Promise.withResolvers<CertificateSource | undefined>();
  const line = readOperatorOptions(['--webhook', `127.0.0.1:${port}`]);
  if (line.kind !== 'run') throw new Error('no options');
  const log = { info: () => {}, warn: () => {}, error: () => {} } as unknown as WebhookParts['log'];
  const webhook = serveWebhook(line.options, {
    client: fakeApi().client as WebhookParts['client'],
    store: createPolicies({ allowInsecureHttp: false }).store,
    isSynced: () => true,
    hasRouteApi: () => false,
    onBug: (error) => bugs.push(error),
    certificates,
    clock,
    log,
    pathKeys: { ready: async () => {}, accepts: (key) => key === KEY },
    home: 'portcullis-system',
    settings: sidecarSettings(line.options, 'portcullis-system'),
    tell: () => {},
  });
  return {
    clock,
    bugs,
    webhook,
    give: () => resolve(changingCertificates(certificate)),
    giveNone: () => resolve(undefined),
  };
}

const isFree = async (port: number): Promise<void> => {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  await once(server.close(), 'close');
};

it('serves once there is a certificate', async () => {
  const { webhook, give } = world(0);
  expect(webhook.problem()).toBe('there is no server certificate yet');
  give();
  await expect.poll(() => webhook.problem()).toBeUndefined();
  await webhook.stop();
});

it('serves as soon as a port that was taken is free, and says why not before', async () => {
  const [port = 0] = await freePorts(1);
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  const { clock, bugs, webhook, give } = world(port);
  give();
  await expect.poll(() => webhook.problem()).toContain(`cannot listen on 127.0.0.1:${port}`);
  await once(other.close(), 'close');
  await clock.advance(1000);
  await expect.poll(() => webhook.problem()).toBeUndefined();
  expect(bugs).toEqual([]);
  await webhook.stop();
});

it.each(['before', 'right after', 'while it begins'] as const)(
  'leaves nothing when stopped %s',
  async (when) => {
    const [port = 0] = await freePorts(1);
    const { clock, webhook, give, giveNone } = world(port);
    if (when === 'before') giveNone();
    else give();
    if (when === 'while it begins') await Promise.resolve();
    await webhook.stop();
    await settle();
    await isFree(port);
    expect(clock.due()).toEqual([]);
  },
);

it('takes so many connections of callers without a key, and keeps those of a caller with one', async () => {
  const [port = 0] = await freePorts(1);
  const { bugs, webhook, give } = world(port);
  give();
  await expect.poll(() => webhook.problem()).toBeUndefined();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (key: string): Promise<readonly [status: number | undefined, reused: boolean]> => {
    const path = `${ADMISSION_PATH}/${key}`;
    const asked = request({
      port,
      host: '127.0.0.1',
      path,
      method: 'POST',
      agent,
      rejectUnauthorized: false,
    });
    asked.end();
    const [response] = await once(asked, 'response');
    await once(response.resume(), 'end');
    return [response.statusCode, asked.reusedSocket];
  };
  expect(await ask(KEY)).toEqual([415, false]);
  const strangers: Socket[] = [];
  for (let i = 0; i < 1024; i++) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    strangers.push(socket);
    // Else it could be closed for its silence.
    if (i % 128 === 0) expect(await ask(KEY)).toEqual([415, true]);
  }
  const last = connect(port, '127.0.0.1').on('error', () => {});
  await once(last.resume(), 'close');
  expect(strangers.filter(({ destroyed }) => destroyed)).toEqual([]);
  expect(await ask(KEY)).toEqual([415, true]);
  for (const socket of strangers) socket.destroy();
  agent.destroy();
  await expect.poll(async () => (await ask('b'.repeat(64)))[0]).toBe(404);
  expect(bugs).toEqual([]);
  agent.destroy();
  await webhook.stop();
});
