/** The certificate authority is replaced while validators run, and Secrets with certificates are lost. */

import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { CERTIFICATE_TIMES } from '../../src/operator/certificates/names.ts';
import { type Operator, startOperator } from '../../src/operator/operator.ts';
import { readOperatorOptions } from '../../src/operator/options.ts';
import type { Log } from '../../src/telemetry/log.ts';
import { expectFlow, type Load, startLoad } from './load.ts';
import { startWorld, type World } from './processes.ts';
import { type Provider, startProvider } from './rotating-provider.ts';
import { bindingWith, HOME, SHOP, sourceOf } from './shop.ts';
import type { ValidatorProcess } from './validator-process.ts';

const SOON = { timeout: 50_000, interval: 50 };
const HOUR = 3_600_000;
/** The next authority is made an hour after the old one is due, and signs a day later: now. */
const AUTHORITY_AGE =
  CERTIFICATE_TIMES.authorityLife -
  CERTIFICATE_TIMES.authorityRenewal +
  HOUR +
  CERTIFICATE_TIMES.overlap +
  HOUR;

let world: World;
let provider: Provider;
let operator: Operator | undefined;
let validator: ValidatorProcess;
let load: Load;
let offset = 0;
const logged: string[] = [];

const now = () => Date.now() + offset;
const clock: Clock = { ...systemClock, now, seconds: () => now() / 1000 };
const note = (message: string) => void logged.push(message);
const log = { info: note, warn: note, error: note } as unknown as Log;

beforeAll(async () => {
  [world, provider] = await Promise.all([startWorld(), startProvider()]);
  // The clock of the operator, by which keys are fetched, is a day late at first.
  await world.apply(sourceOf(provider.issuer, { fetch: { maxStale: '72h' } }), bindingWith('r0'));
  await startAt(-AUTHORITY_AGE);
});
afterAll(async () => {
  await load?.stop();
  await operator?.stop();
  await world?.stop();
  await provider?.stop();
});

/** A replica whose clock goes wrong by so much; the one before is stopped. */
async function startAt(wrongBy: number): Promise<void> {
  await operator?.stop();
  offset = wrongBy;
  logged.length = 0;
  const line = readOperatorOptions([
    ...['--namespace', HOME, '--allow-insecure-http', '--fetch-deny-cidrs', ''],
    ...['--webhook', '127.0.0.1:0', '--policy', '127.0.0.1:0', '--admin', '127.0.0.1:0'],
  ]);
  if (line.kind !== 'run') throw new Error('no options');
  const environment = { KUBECONFIG: world.kubeconfig, POD_NAME: 'a', POD_IP: '192.0.2.7' };
  operator = await startOperator(line.options, { log, clock, random: Math.random, environment });
  await vi.waitFor(() => expect(logged).toContain('Served policies'), SOON);
}

const authorities = async (): Promise<number> => {
  const bundle = await world.kubectl(
    'get',
    'configmap',
    'portcullis-ca',
    '-n',
    SHOP,
    '-o',
    'jsonpath={.data}',
  );
  return bundle.split('BEGIN CERTIFICATE').length - 1;
};

/** Who has signed what the policy server shows. */
function signer(): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const port = world.forwarder.target() ?? 0;
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
    resolve(String(socket.getPeerCertificate().issuer.CN));
    socket.destroy();
  });
  socket.on('error', reject);
  return promise;
}

it('replaces the authority without a validator that notices', async () => {
  expect(await authorities()).toBe(1);
  const old = await signer();
  await startAt(-(CERTIFICATE_TIMES.overlap + HOUR));
  await vi.waitFor(async () => expect(await authorities()).toBe(2), SOON);
  await vi.waitFor(() => expect(logged.join('\n')).toContain('Changed server certificate'), SOON);
  expect(await signer()).toBe(old);

  validator = await world.validator('p', await world.pod('p'));
  await validator.ready();
  load = startLoad(validator, provider.token('a'));
  await expectFlow(world, validator);

  await startAt(0);
  await vi.waitFor(async () => expect(await signer()).not.toBe(old), SOON);
  expect(await authorities()).toBe(2);
  await expectFlow(world, validator);
  const { '200 authenticated': allowed, '401 token_missing': denied, ...others } = load.answers();
  expect([typeof allowed, typeof denied, others]).toEqual(['number', 'number', {}]);
});

it('makes the certificate of the servers anew when it is lost, and goes on meanwhile', async () => {
  const serial = () => world.kubectl('get', 'secret', 'portcullis-tls', '-n', HOME, '-o', 'jsonpath={.data}');
  const before = await serial();
  await world.kubectl('delete', 'secret', 'portcullis-tls', '-n', HOME);
  await expectFlow(world, validator);
  // It is looked for with each change of a namespace, and now and then.
  await world.kubectl('create', 'namespace', 'another');
  await vi.waitFor(async () => expect(await serial()).not.toBe(before), SOON);
  await expectFlow(world, validator);
});
