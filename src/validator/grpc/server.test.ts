/** The gRPC service over real connections, with messages encoded by the .proto itself. */

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decide, enforce, joe } from '../../../test/support/decide.ts';
import { bindingPolicy } from '../../../test/support/policy.ts';
import { StartError } from '../../process/start-error.ts';
import type { AnswerCheck } from '../testing/asking.ts';
import { check, clientOf, METHOD, startGrpc } from '../testing/grpc.ts';
import { startGrpcService } from './server.ts';

const enforcer = enforce(bindingPolicy());

describe('a check', () => {
  it('with a token in the one form of headers, or the other, is allowed', async () => {
    const { client, checks } = await startGrpc();
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
    expect(checks[1]?.request).toEqual({ ...checks[0]?.request, mayBeJoined: false });
    expect(checks[0]?.request.port).toBe(8080);
  });

  it('without a token is denied, by a status and by a response', async () => {
    const { client } = await startGrpc();
    expect((await client.ask(check())).answer).toMatchObject({
      status: { code: 16, message: 'token_missing' },
      deniedResponse: { status: { code: 401 }, body: expect.stringContaining('token_missing') },
    });
  });

  it('that says nothing is denied', async () => {
    const { client } = await startGrpc();
    expect((await client.ask(Buffer.alloc(0))).answer).toMatchObject({ status: { code: 3 } });
  });

  it('with fields that Envoy has and we do not is read all the same', async () => {
    const { client, checks } = await startGrpc();
    // Field 99 of the request, and field 6 (scheme) of its HTTP part.
    const unknown = Buffer.from([0x9a, 0x06, 0x03, 0x61, 0x62, 0x63]);
    await client.ask(Buffer.concat([check(), unknown]));
    expect(checks[0]?.request.pathAndQuery).toBe('/orders');
  });
});

describe('a bug fails the call, which Envoy takes for a refusal', () => {
  it.each<[string, AnswerCheck]>([
    [
      'thrown',
      () => {
        throw new Error('bug');
      },
    ],
    ['rejected', () => Promise.reject(new Error('bug'))],
  ])('when it is %s', async (_, answer) => {
    const { client, errors } = await startGrpc(answer);
    const { error, answer: answered } = await client.ask(check());
    expect(answered).toBeUndefined();
    expect(error?.details).not.toContain('bug');
    expect(errors).toHaveLength(1);
  });
});

it('callers that cancel, by the hundred, disturb nobody', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { client, errors } = await startGrpc(async ({ request }) => {
    if (request.pathAndQuery === '/slow') await promise;
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

it('streams that are reset, and connections that break, disturb nobody', async () => {
  const { service, client } = await startGrpc();
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
  it('may be a Unix socket, open to every user', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-grpc-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'grpc.sock');
    const { client } = await startGrpc(undefined, { kind: 'unix', path });
    expect(statSync(path).mode & 0o777).toBe(0o666);
    expect((await client.ask(check())).answer).toMatchObject({ status: { code: 16 } });
  });

  it('that is taken is one clear line', async () => {
    const { service } = await startGrpc();
    const again = startGrpcService(service.address, {
      ask: () => undefined,
      record: () => undefined,
      onError: () => undefined,
    });
    await expect(again).rejects.toThrow(StartError);
    await expect(again).rejects.toThrow(/^cannot listen on 127\.0\.0\.1:\d+: something else does already/);
  });
});

it('draining answers who has asked, and takes nobody new', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { service, client, checks } = await startGrpc(async ({ request }) => {
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
