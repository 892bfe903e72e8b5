// Ten thousand connections that ask once and then stay: the others are served, and the memory is bounded.

import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { startValidator, type Validator } from '../support/validator.ts';
import { openIdle } from './crowd.ts';
import { connectRaw, head, statuses } from './raw.ts';
import { anonymousMemory, GUARDS, guards, HOST, MANIFESTS } from './world.ts';

const KiB = 1024;
/** This process and the validator hold one descriptor each; some are needed for other things. */
const CROWD = Math.min(10_000, openFilesLimit() - 500);

let validator: Validator | undefined;
afterEach(async () => {
  await validator?.stop();
});

function openFilesLimit(): number {
  const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return Number(limit ?? 1024);
}

const healthz = head('GET /envoy/healthz HTTP/1.1', ['host', HOST]);
/** The preface, and settings that change nothing. */
const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

it.each([
  ['http', false, healthz, 24 * KiB],
  ['http', true, healthz, 24 * KiB],
  ['grpc', false, preface, 48 * KiB],
  ['grpc', true, preface, 48 * KiB],
] as const)('%s, sockets %s', async (service, sockets, bytes, each) => {
  validator = await startValidator({ manifests: MANIFESTS, sockets });
  await guards(validator);
  const before = anonymousMemory(validator);
  const crowd = await openIdle(validator[service], CROWD, bytes);
  expect(crowd.answered()).toBe(CROWD);

  for (let i = 0; i < 200; i++) expect(await guards(validator)).toEqual(GUARDS);
  const memory = anonymousMemory(validator) - before;
  expect(memory).toBeLessThan(CROWD * each);
  expect(crowd.closed()).toBe(0);

  if (service === 'http') {
    const late = await connectRaw(validator.http);
    late.write(healthz);
    await late.until(/HTTP\/1\.1 200 /);
    expect(statuses(late.received())).toEqual([200]);
    late.socket.destroy();
  }
  crowd.leave();
  expect(await guards(validator)).toEqual(GUARDS);
});
