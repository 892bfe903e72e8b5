/** What callers hear who do not speak gRPC as it is written, by their own HTTP/2. */

import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { decide, enforce } from '../../../test/support/decide.ts';
import { bindingPolicy } from '../../../test/support/policy.ts';
import { fakeClock } from '../../base/testing/clock.ts';
import { atOnce } from '../testing/asking.ts';
import { check, METHOD, startGrpc } from '../testing/grpc.ts';
import { CALL_TIMEOUT } from './overdue.ts';
import { startGrpcService } from './server.ts';

function framed(message: Uint8Array, flag = 0): Buffer {
  const prefix = Buffer.from([flag, 0, 0, 0, 0]);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

interface Heard {
  readonly http: unknown;
  /** Undefined where none came. */
  readonly status: unknown;
  readonly bytes: number;
}

function open({ address }: Awaited<ReturnType<typeof startGrpcService>>): ClientHttp2Session {
  if (address.kind !== 'tcp') throw new Error('listens on TCP here');
  const session = connect(`http://127.0.0.1:${address.port}`).on('error', () => {});
  onTestFinished(() => session.destroy());
  return session;
}

/** What is heard until no more comes. `pieces` are sent one after another, and the call left open if it says so. */
function hear(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  pieces: readonly Buffer[],
  leftOpen = false,
): Promise<Heard> {
  const stream = session.request({
    ...{ ':method': 'POST', ':path': METHOD, 'content-type': 'application/grpc', te: 'trailers' },
    ...headers,
  });
  let http: unknown;
  let status: unknown;
  let bytes = 0;
  const note = (received: Readonly<Record<string, unknown>>) => {
    http ??= received[':status'];
    status ??= received['grpc-status'];
  };
  stream
    .on('response', note)
    .on('trailers', note)
    .on('error', () => {});
  stream.on('data', (piece: Buffer) => {
    bytes += piece.length;
  });
  for (const piece of pieces) stream.write(piece);
  if (!leftOpen) stream.end();
  return new Promise((resolve) => {
    stream.once('end', () => resolve({ http, status, bytes }));
    stream.once('close', () => resolve({ http, status, bytes }));
  });
}

const message = check();
const whole = framed(message);
const called = (status: number) => ({ http: 200, status: String(status), bytes: 0 });

it.each<[string, OutgoingHttpHeaders, readonly Buffer[], Partial<Heard>]>([
  ['another method', { ':path': '/envoy.service.auth.v3.Authorization/Other' }, [whole], called(12)],
  ['another service', { ':path': '/grpc.health.v1.Health/Check' }, [framed(Buffer.alloc(0))], called(12)],
  ['another content', { 'content-type': 'application/json' }, [whole], { http: 415, status: undefined }],
  ['GET', { ':method': 'GET' }, [], { http: 405, status: undefined }],
  ['a time that is none', { 'grpc-timeout': 'soon' }, [whole], called(13)],
  ['no message', {}, [], called(12)],
  ['half a message', {}, [whole.subarray(0, 20)], called(13)],
  ['half a prefix', {}, [whole.subarray(0, 3)], called(13)],
  ['two messages', {}, [whole, whole], called(12)],
  ['two messages in one piece', {}, [Buffer.concat([whole, whole])], called(12)],
  ['a compression', { 'grpc-encoding': 'gzip' }, [framed(gzipSync(message), 1)], called(12)],
  ['a compression without a name', {}, [framed(gzipSync(message), 1)], called(13)],
  ['a message above the limit', {}, [framed(Buffer.alloc(1024 * 1024 + 1))], called(8)],
])('%s is refused, on the same connection others are answered', async (_, headers, pieces, expected) => {
  const { service, checks, errors } = await startGrpc();
  const session = open(service);
  expect(await hear(session, headers, pieces)).toMatchObject(expected);
  expect(checks).toEqual([]);
  expect(await hear(session, {}, [whole])).toMatchObject({ http: 200, status: '0' });
  expect(errors).toEqual([]);
});

it('what is refused is refused before it is whole', async () => {
  const { service } = await startGrpc();
  const session = open(service);
  const large = Buffer.alloc(5);
  large.writeUInt32BE(1024 * 1024 + 1, 1);
  expect(await hear(session, {}, [large], true)).toEqual(called(8));
  expect(await hear(session, { ':path': '/' }, [], true)).toEqual(called(12));
});

it('a message that comes byte by byte is judged', async () => {
  const { service } = await startGrpc();
  const pieces = [...whole].map((byte) => Buffer.from([byte]));
  expect(await hear(open(service), {}, pieces)).toMatchObject({ http: 200, status: '0' });
});

it('a name of the compression is no matter where nothing is compressed', async () => {
  const { service } = await startGrpc();
  expect(await hear(open(service), { 'grpc-encoding': 'gzip' }, [whole])).toMatchObject({ status: '0' });
});

it('a call that is not over in time is ended, and so is one whose time the caller has limited', async () => {
  const clock = fakeClock();
  const waiting: (() => void)[] = [];
  const enforcer = enforce(bindingPolicy());
  const service = await startGrpcService(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    {
      ask: (arrival) => waiting.push(() => atOnce(({ request }) => decide(enforcer, request))(arrival)),
      record: () => undefined,
      onError: () => undefined,
    },
    undefined,
    clock,
  );
  onTestFinished(() => service.destroy());
  const session = open(service);
  const limited = hear(session, { 'grpc-timeout': '100m' }, [whole]);
  const halfSent = hear(session, {}, [whole.subarray(0, 10)], true);
  await expect.poll(() => waiting.length).toBe(1);
  await clock.advance(101);
  waiting[0]?.();
  expect(await limited).toEqual(called(4));
  await clock.advance(2 * CALL_TIMEOUT);
  expect(await halfSent).toEqual({ http: undefined, status: undefined, bytes: 0 });
});
