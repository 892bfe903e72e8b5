/** The gRPC service over real connections, with messages encoded by the .proto itself. */

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { afterEach, describe, expect, test } from 'vitest';
import { decide, enforce, joe } from '../../../test/support/decide.ts';
import { bindingPolicy } from '../../../test/support/policy.ts';
import { formatAddress, type ListenAddress } from '../../process/address.ts';
import { StartError } from '../../process/start-error.ts';
import type { Answer, Check } from '../check.ts';
import { type GrpcService, startGrpcService } from './server.ts';

const proto = protobuf.loadSync(new URL('../../../proto/ext_authz.proto', import.meta.url).pathname);
const requestType = proto.lookupType('envoy.service.auth.v3.CheckRequest');
const responseType = proto.lookupType('envoy.service.auth.v3.CheckResponse');
const METHOD = '/envoy.service.auth.v3.Authorization/Check';
const LOOPBACK: ListenAddress = { kind: 'tcp', host: '127.0.0.1', port: 0 };

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

const enforcer = enforce(bindingPolicy());

async function start(
  answer: Answer = ({ request }) => decide(enforcer, request),
  address: ListenAddress = LOOPBACK,
) {
  const checks: Check[] = [];
  const errors: unknown[] = [];
  const service = await startGrpcService(
    address,
    (check) => {
      checks.push(check);
      return answer(check);
    },
    (error) => errors.push(error),
  );
  cleanUps.push(() => service.destroy());
  return { service, checks, errors, client: clientOf(service) };
}

interface Called {
  readonly error: ServiceError | null;
  readonly answer: Record<string, unknown> | undefined;
}

function clientOf({ address }: GrpcService) {
  const client = new Client(formatAddress(address), credentials.createInsecure());
  cleanUps.push(() => client.close());
  const begin = (message: Buffer) => {
    const { promise, resolve } = Promise.withResolvers<Called>();
    const call = client.makeUnaryRequest(
      METHOD,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => responseType.toObject(responseType.decode(bytes)),
      message,
      (error, answer) => resolve({ error, answer }),
    );
    return { call, called: promise };
  };
  return { begin, ask: (message: Buffer) => begin(message).called };
}

const encode = (message: object): Buffer =>
  Buffer.from(requestType.encode(requestType.fromObject(message)).finish());

const check = (http: object = {}): Buffer =>
  encode({
    attributes: {
      destination: { address: { socketAddress: { address: '10.0.0.1', portValue: 8080 } } },
      request: { http: { method: 'GET', path: '/orders', host: 'api.example', ...http } },
    },
  });

describe('a check', () => {
  test('with a token in the one form of headers, or the other, is allowed', async () => {
    const { client, checks } = await start();
    const authorization = `Bearer ${joe()}`;
    const forms = [
      { headers: { authorization } },
      { headerMap: { headers: [{ key: 'authorization', rawValue: Buffer.from(authorization) }] } },
    ];
    for (const form of forms) {
      const { answer } = await client.ask(check(form));
      expect(answer).toMatchObject({
        status: expect.anything(),
        okResponse: {
          headers: expect.arrayContaining([
            // Present, and false: that value is written as nothing.
            { header: { key: 'x-auth-user', value: 'joe' }, append: {} },
          ]),
        },
        dynamicMetadata: { fields: { 'portcullis-user': { stringValue: 'joe' } } },
      });
      expect(answer).not.toHaveProperty('deniedResponse');
    }
    expect(checks[1]).toEqual(checks[0]);
    expect(checks[0]?.request.port).toBe(8080);
  });

  test('without a token is denied, by a status and by a response', async () => {
    const { client } = await start();
    expect((await client.ask(check())).answer).toMatchObject({
      status: { code: 16, message: 'token_missing' },
      deniedResponse: { status: { code: 401 }, body: expect.stringContaining('token_missing') },
    });
  });

  test('that says nothing is denied', async () => {
    const { client } = await start();
    expect((await client.ask(Buffer.alloc(0))).answer).toMatchObject({ status: { code: 3 } });
  });

  test('with fields that Envoy has and we do not is read all the same', async () => {
    const { client, checks } = await start();
    // Field 99 of the request, and field 6 (scheme) of its HTTP part.
    const unknown = Buffer.from([0x9a, 0x06, 0x03, 0x61, 0x62, 0x63]);
    await client.ask(Buffer.concat([check(), unknown]));
    expect(checks[0]?.request.target).toBe('/orders');
  });

  test.each([
    ['that is no message', Buffer.from([0xff, 0xff, 0xff])],
    ['that is cut short', check().subarray(0, 20)],
    ['that is larger than any', check({ headers: { 'x-a': 'a'.repeat(17 * 1024 * 1024) } })],
  ])('%s fails, and the next one is answered', async (_, message) => {
    const { client } = await start();
    expect((await client.ask(message)).error).not.toBeNull();
    expect((await client.ask(check())).answer).toMatchObject({ status: { code: 16 } });
  });
});

describe('a bug fails the call, which Envoy takes for a refusal', () => {
  test.each<[string, Answer]>([
    [
      'thrown',
      () => {
        throw new Error('bug');
      },
    ],
    ['rejected', () => Promise.reject(new Error('bug'))],
  ])('when it is %s', async (_, answer) => {
    const { client, errors } = await start(answer);
    const { error, answer: answered } = await client.ask(check());
    expect(answered).toBeUndefined();
    expect(error?.details).not.toContain('bug');
    expect(errors).toHaveLength(1);
  });
});

test('callers that cancel, by the hundred, disturb nobody', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { client, errors } = await start(async ({ request }) => {
    if (request.target === '/slow') await promise;
    return decide(enforcer, request);
  });
  const calls = Array.from({ length: 500 }, () => client.begin(check({ path: '/slow' })));
  for (const { call } of calls) call.cancel();
  const ends = await Promise.all(calls.map(({ called }) => called));
  expect(ends.every(({ error }) => error !== null)).toBe(true);
  resolve();
  expect((await client.ask(check())).answer).toMatchObject({ status: { code: 16 } });
  expect(errors).toEqual([]);
});

test('streams that are reset, and connections that break, disturb nobody', async () => {
  const { service, client } = await start();
  const { address } = service;
  if (address.kind !== 'tcp') throw new Error('listens on TCP here');
  for (let round = 0; round < 5; round++) {
    const session: ClientHttp2Session = connectHttp2(`http://127.0.0.1:${address.port}`);
    session.on('error', () => {});
    await new Promise((resolve) => session.once('connect', resolve));
    for (let i = 0; i < 100; i++) {
      const stream = session.request({
        ':method': 'POST',
        ':path': METHOD,
        'content-type': 'application/grpc',
      });
      stream.on('error', () => {});
      // Half of a message's head, and then no more.
      stream.write(Buffer.from([0, 0, 0]));
      if (i % 2 === 0) stream.close(8);
    }
    session.destroy();
  }
  expect((await client.ask(check())).answer).toMatchObject({ status: { code: 16 } });
});

describe('its address', () => {
  test('may be a Unix socket, open to every user', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-grpc-'));
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'grpc.sock');
    const { client } = await start(undefined, { kind: 'unix', path });
    expect(statSync(path).mode & 0o777).toBe(0o666);
    expect((await client.ask(check())).answer).toMatchObject({ status: { code: 16 } });
  });

  test('that is taken is one clear line', async () => {
    const { service } = await start();
    const again = startGrpcService(
      service.address,
      () => Promise.reject(new Error('never asked')),
      () => {},
    );
    await expect(again).rejects.toThrow(StartError);
    await expect(again).rejects.toThrow(/^cannot listen on 127\.0\.0\.1:\d+: something else does already/);
  });
});

test('draining answers who has asked, and takes nobody new', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { service, client, checks } = await start(async ({ request }) => {
    await promise;
    return decide(enforcer, request);
  });
  const waiting = client.ask(check());
  while (checks.length === 0) await new Promise((next) => setImmediate(next));
  const drained = service.drain();
  resolve();
  expect((await waiting).answer).toMatchObject({ status: { code: 16 } });
  await drained;
  expect((await clientOf(service).ask(check())).error).not.toBeNull();
});
