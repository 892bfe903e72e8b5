// Calls as no good client makes them, to the gRPC service's own address.

import { constants } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ask, checkMessage, framed, openCall, openSession, outcome } from './grpc-client.ts';
import { connectRaw, head } from './raw.ts';
import { TRANSPORTS, validatorOnEach } from './transports.ts';
import { anonymousMemory, bearer, GUARDS, guards, HOST } from './world.ts';

const running = validatorOnEach();
const MiB = 1024 * 1024;
/** Far above what it needs for any of this, far below what an attack could make it take. */
const MEMORY_LIMIT = 400 * MiB;

const BOMB = gzipSync(Buffer.alloc(256 * MiB), { level: 1 });

const ALLOWED = { call: 0, check: 0 };
const UNAUTHENTICATED = { call: 0, check: 16 };

describe.each(TRANSPORTS)('over %s', (transport) => {
  const validator = () => running(transport);

  /** A proper client on a connection of its own finds everything as it should be. */
  const expectGuarded = async () => {
    const session = await openSession(validator().grpc);
    expect(await ask(session, checkMessage(bearer()))).toEqual(ALLOWED);
    expect(await ask(session, checkMessage())).toEqual(UNAUTHENTICATED);
    session.destroy();
    expect(await guards(validator())).toEqual(GUARDS);
    expect(anonymousMemory(validator())).toBeLessThan(MEMORY_LIMIT);
    expect(validator().server.logs).not.toContain('report this as a bug');
  };

  it.each([
    ['before the message', 5000, undefined],
    ['after the message', 5000, () => checkMessage()],
    ['while a dear token is verified', 200, (i: number) => checkMessage(bearer(`reset-${i}`, 'ES512'))],
  ] as const)('calls cancelled by the thousand, %s', async (_, count, message) => {
    const session = await openSession(validator().grpc);
    const other = await openSession(validator().grpc);
    for (let i = 0; i < count && !session.destroyed && !session.closed; i++) {
      const stream = openCall(session);
      if (message !== undefined) stream.end(message(i));
      stream.close(constants.NGHTTP2_CANCEL);
      // Envoy's own connection goes on meanwhile.
      if (i % 500 === 0) expect(await ask(other, checkMessage(bearer()))).toEqual(ALLOWED);
    }
    expect(await ask(other, checkMessage())).toEqual(UNAUTHENTICATED);
    session.destroy();
    other.destroy();
    await expectGuarded();
  });

  it('connections that vanish in the middle of many calls', async () => {
    for (let i = 0; i < 20; i++) {
      const session = await openSession(validator().grpc);
      for (let call = 0; call < 20; call++) {
        openCall(session).write(
          checkMessage(bearer(`gone-${i}-${call}`, 'ES512')).subarray(0, call % 2 ? 50 : undefined),
        );
      }
      session.destroy();
    }
    await expectGuarded();
  });

  it('a message above the limit is refused, one below it judged', async () => {
    const session = await openSession(validator().grpc);
    const large = (bytes: number) => ({ 'x-large': 'a'.repeat(bytes) });
    expect(await ask(session, checkMessage(undefined, large(MiB - 1024)))).toEqual(UNAUTHENTICATED);
    const above = await ask(session, checkMessage(bearer(), large(MiB)));
    expect(above.check).toBeUndefined();
    session.destroy();
    await expectGuarded();
  });

  it('a small message that unpacks to a large one is refused', async () => {
    const session = await openSession(validator().grpc);
    const answer = await ask(session, framed(BOMB, true), { 'grpc-encoding': 'gzip' });
    expect(answer.call).toBeGreaterThan(0);
    expect(answer.check).toBeUndefined();
    session.destroy();
    await expectGuarded();
  });

  it.each([
    ['no message', Buffer.alloc(0)],
    ['half a message', checkMessage().subarray(0, 20)],
    ['half a prefix', Buffer.from([0, 0])],
    ['bytes that are none of ours', framed(Buffer.from('\xff\xff\xff\xff', 'latin1'))],
    ['a length beyond the bytes', framed(Buffer.from([0x0a, 0x7f, 1]))],
    ['text that is no UTF-8', framed(Buffer.from([0x0a, 4, 0x22, 2, 0x12, 0, 0xff, 0xfe]))],
    ['a compression that nobody knows', framed(Buffer.from([1, 2, 3]), true)],
  ])('%s never allows', async (_, bytes) => {
    const session = await openSession(validator().grpc);
    expect((await ask(session, bytes)).check ?? 16).not.toBe(0);
    session.destroy();
    await expectGuarded();
  });

  it('an empty check is denied', async () => {
    const session = await openSession(validator().grpc);
    expect(await ask(session, framed(Buffer.alloc(0)))).toEqual({ call: 0, check: 3 });
    session.destroy();
  });

  it('metadata within the limit of HTTP/2 are no matter, beyond it they end the call', async () => {
    const session = await openSession(validator().grpc);
    const within = { 'x-long': 'a'.repeat(32 * 1024) };
    expect(await ask(session, checkMessage(bearer()), within)).toEqual(ALLOWED);
    const beyond = { 'x-long': '~'.repeat(100 * 1024) }; // HPACK shortens what is common.
    expect((await ask(session, checkMessage(bearer()), beyond)).check).toBeUndefined();
    session.destroy();
    await expectGuarded();
  });

  it('another method, another service and another content are refused', async () => {
    for (const extra of [
      { ':path': '/envoy.service.auth.v3.Authorization/Other' },
      { ':path': '/' },
      { 'content-type': 'application/json' },
    ] as const) {
      const session = await openSession(validator().grpc);
      expect((await ask(session, checkMessage(bearer()), { ...extra })).check).toBeUndefined();
      session.destroy();
    }
    await expectGuarded();
  });

  it('a call left open holds up nobody, and is answered when it is complete', async () => {
    const session = await openSession(validator().grpc);
    const message = checkMessage(bearer());
    const slow = openCall(session);
    slow.write(message.subarray(0, 10));
    for (let i = 0; i < 100; i++) expect(await ask(session, checkMessage())).toEqual(UNAUTHENTICATED);
    slow.end(message.subarray(10));
    expect(await outcome(slow)).toEqual(ALLOWED);
    session.destroy();
  });

  it('who is no HTTP/2 client is sent away', async () => {
    for (const bytes of [
      head('GET / HTTP/1.1', ['host', HOST]),
      'hello\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01',
    ]) {
      const client = await connectRaw(validator().grpc);
      client.write(Buffer.from(bytes.padEnd(64, 'x'), 'latin1'));
      await client.closed;
      expect(client.received()).not.toContain(' 200 ');
      client.socket.destroy();
    }
    await expectGuarded();
  });

  it.each([
    ['PING', 6, 8],
    ['SETTINGS', 4, 0],
    ['PRIORITY', 2, 5],
    ['an unknown kind', 0x7f, 100],
  ] as const)('frames by the hundred thousand that ask for nothing: %s', async (_, kind, length) => {
    const client = await connectRaw(validator().grpc);
    const frame = (type: number, size: number, stream = 0): Buffer => {
      const bytes = Buffer.alloc(9 + size);
      bytes.writeUIntBE(size, 0, 3);
      bytes.writeUInt8(type, 3);
      bytes.writeUInt32BE(stream, 5);
      return bytes;
    };
    client.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0)]));
    client.socket.pause(); // Nobody reads the acknowledgements either.
    const flood = Buffer.concat(
      Array.from({ length: 10_000 }, () => frame(kind, length, kind === 2 ? 1 : 0)),
    );
    for (let i = 0; i < 10; i++) client.write(flood);
    await expectGuarded();
    client.socket.destroy();
  });
});
