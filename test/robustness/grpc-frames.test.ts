// HTTP/2 that is none, and frames without end: they cost their own connection at most.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startValidator, type Validator } from '../support/validator.ts';
import {
  CONTINUATION,
  callFields,
  DATA,
  END_HEADERS,
  END_STREAM,
  fields,
  frame,
  GOAWAY,
  HEADERS,
  PADDED,
  PING,
  PREFACE,
  PUSH_PROMISE,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from './frames.ts';
import { ask, checkMessage, openSession } from './grpc-client.ts';
import { connectRaw } from './raw.ts';
import { anonymousMemory, bearer, MANIFESTS } from './world.ts';

const MiB = 1024 * 1024;
const MEMORY_LIMIT = 400 * MiB;

let validator: Validator;
beforeAll(async () => {
  validator = await startValidator({ manifests: MANIFESTS });
});
afterAll(() => validator.stop());

/** A proper client on a connection of its own finds everything as it should be. */
async function expectGuarded(): Promise<void> {
  const session = await openSession(validator.grpc);
  expect(await ask(session, checkMessage(bearer()))).toEqual({ call: 0, check: 0 });
  expect(await ask(session, checkMessage())).toEqual({ call: 0, check: 16 });
  session.destroy();
  expect(anonymousMemory(validator)).toBeLessThan(MEMORY_LIMIT);
  expect(validator.server.logs).not.toContain('report this as a bug');
}

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const call = frame(HEADERS, END_HEADERS, 1, callFields());
const check = checkMessage();

describe('frames that break HTTP/2 cost their connection', () => {
  it.each<[string, readonly Buffer[]]>([
    ['DATA of no stream', [frame(DATA, 0, 0, check)]],
    ['DATA of a stream that nobody has opened', [frame(DATA, 0, 1, check)]],
    ['a frame that is longer than may be', [frame(HEADERS, END_HEADERS, 1, Buffer.alloc(20_000))]],
    ['a length that never comes', [Buffer.from('ffffff0104000000010000', 'hex')]],
    ['headers on a stream of the server’s', [frame(HEADERS, END_HEADERS, 2, callFields())]],
    ['headers that depend on what is missing', [frame(HEADERS, END_HEADERS, 1, Buffer.from([0xff, 0x7f]))]],
    ['headers with a number without end', [frame(HEADERS, END_HEADERS, 1, Buffer.alloc(64, 0xff))]],
    ['a CONTINUATION of nothing', [frame(CONTINUATION, END_HEADERS, 1, callFields())]],
    [
      'another frame between headers',
      [frame(HEADERS, 0, 1, callFields()), frame(PING, 0, 0, Buffer.alloc(8))],
    ],
    ['padding that is longer than its frame', [call, frame(DATA, PADDED, 1, Buffer.from([200]))]],
    ['a window that grows by nothing', [frame(WINDOW_UPDATE, 0, 0, number(0))]],
    ['a window beyond all bounds', [frame(WINDOW_UPDATE, 0, 0, number(0x7fffffff))]],
    ['SETTINGS of five bytes', [frame(SETTINGS, 0, 0, Buffer.alloc(5))]],
    [
      'a window of every stream beyond all bounds',
      [frame(SETTINGS, 0, 0, Buffer.from('0004ffffffff', 'hex'))],
    ],
    ['a promise, which is the server’s to make', [call, frame(PUSH_PROMISE, END_HEADERS, 1, number(2))]],
    ['the reset of a stream that nobody has opened', [frame(RST_STREAM, 0, 1, number(8))]],
    ['a PING of three bytes', [frame(PING, 0, 0, Buffer.alloc(3))]],
  ])('%s', async (_, frames) => {
    const client = await connectRaw(validator.grpc);
    client.write(Buffer.concat([PREFACE, ...frames]));
    await client.closed;
    expect(client.received()).not.toContain('grpc-status');
    client.socket.destroy();
    await expectGuarded();
  });
});

describe('headers that are none cost their call', () => {
  const reset = new RegExp(RegExp.escape(frame(RST_STREAM, 0, 1, number(1)).toString('latin1')));
  it.each<[string, Buffer]>([
    ['a name in capitals', callFields({ 'X-Name': 'a' })],
    ['no path', fields({ ':method': 'POST', ':scheme': 'http', 'content-type': 'application/grpc' })],
    ['a path after others', fields({ 'content-type': 'application/grpc', ':method': 'POST', ':path': '/' })],
    ['a pseudo-header that nobody knows', callFields({ ':name': 'a' })],
    ['a header of a connection', callFields({ connection: 'close' })],
  ])('%s', async (_, block) => {
    const client = await connectRaw(validator.grpc);
    client.write(
      Buffer.concat([PREFACE, frame(HEADERS, END_HEADERS, 1, block), frame(DATA, END_STREAM, 1, check)]),
    );
    await client.until(reset);
    expect(client.received()).not.toContain('grpc-status');
    client.socket.destroy();
    await expectGuarded();
  });
});

describe('frames without end', () => {
  const many = (count: number, one: Buffer): Buffer =>
    Buffer.concat(Array.from({ length: count }, () => one));
  it.each<[string, Buffer, Buffer]>([
    ['CONTINUATION', frame(HEADERS, 0, 1, callFields()), many(64, frame(CONTINUATION, 0, 1, callFields()))],
    ['CONTINUATION of nothing', frame(HEADERS, 0, 1, callFields()), many(1000, frame(CONTINUATION, 0, 1))],
    ['DATA of nothing', call, many(1000, frame(DATA, 0, 1))],
    ['WINDOW_UPDATE', call, many(1000, frame(WINDOW_UPDATE, 0, 0, number(1)))],
    ['GOAWAY', call, many(1000, frame(GOAWAY, 0, 0, Buffer.alloc(8)))],
    [
      'padding',
      call,
      many(64, frame(DATA, PADDED, 1, Buffer.concat([Buffer.from([255]), Buffer.alloc(255)]))),
    ],
  ])('%s', async (_, begin, flood) => {
    const client = await connectRaw(validator.grpc);
    client.write(Buffer.concat([PREFACE, begin]));
    client.socket.pause(); // Nobody reads what the server says to it.
    for (let i = 0; i < 100 && !client.socket.destroyed; i++) client.write(flood);
    await expectGuarded();
    client.socket.destroy();
  });

  it('calls that are opened and reset, frame by frame', async () => {
    const client = await connectRaw(validator.grpc);
    client.write(PREFACE);
    client.socket.resume();
    let stream = 1;
    for (let i = 0; i < 100 && !client.socket.destroyed; i++) {
      const calls: Buffer[] = [];
      for (let j = 0; j < 200; j++, stream += 2) {
        calls.push(frame(HEADERS, END_HEADERS, stream, callFields()), frame(DATA, END_STREAM, stream, check));
        calls.push(frame(RST_STREAM, 0, stream, number(8)));
      }
      client.write(Buffer.concat(calls));
    }
    await client.closed;
    client.socket.destroy();
    await expectGuarded();
  });

  it('calls whose answers nobody reads', async () => {
    const client = await connectRaw(validator.grpc);
    client.socket.pause();
    client.write(PREFACE);
    let stream = 1;
    for (let i = 0; i < 100 && !client.socket.destroyed; i++) {
      const calls: Buffer[] = [];
      for (let j = 0; j < 500; j++, stream += 2) {
        calls.push(frame(HEADERS, END_HEADERS, stream, callFields()), frame(DATA, END_STREAM, stream, check));
      }
      client.write(Buffer.concat(calls));
    }
    await expectGuarded();
    client.socket.destroy();
  });
});
