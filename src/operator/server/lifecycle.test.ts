/** Certificates that change, and how the server ends. */

import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../../base/testing/clock.ts';
import { pollOf } from '../testing/policy-questions.ts';
import { NOW, startPolicyServer, tagOf, updateOf } from '../testing/policy-server.ts';
import { READING_LIMIT } from './responses.ts';

const A = updateOf('a', { checked: NOW / 1000 });
const B = updateOf('b');
const a = A.policy.version;
const b = B.policy.version;

let clock: FakeClock;
let leading = true;
let world: Awaited<ReturnType<typeof startPolicyServer>>;
let token: string;

beforeEach(async () => {
  clock = fakeClock(NOW);
  leading = true;
  world = await startPolicyServer({ clock, isLeading: () => leading });
  token = world.admit();
  world.publish(A, 'shop/a');
});
afterEach(async () => {
  await world.server.close();
  expect(world.bugs).toEqual([]);
});

describe('the certificate', () => {
  const shown = (port: number, ca: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, ca }, () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      });
      socket.once('error', reject);
    });

  it('is followed without a restart; connections and questions that are there go on', async () => {
    const ca = world.authority.certificate;
    const before = await shown(world.port, ca);
    const held = world.poll(token, { version: a });
    await world.held(1);
    world.rotate(await world.authority.issue(['127.0.0.1']));
    expect(await shown(world.port, ca)).not.toBe(before);
    world.publish(B, 'shop/a');
    expect(await tagOf(held)).toEqual([200, `"${b}"`]);
  });

  it('that cannot be used leaves the one before', async () => {
    const before = await shown(world.port, world.authority.certificate);
    const { cert } = await world.authority.issue(['127.0.0.1']);
    const { key } = await world.authority.issue(['127.0.0.1']);
    world.rotate({ cert, key });
    world.rotate({ cert: 'no PEM', key });
    expect(await shown(world.port, world.authority.certificate)).toBe(before);
    expect(world.lines).toHaveLength(2);
  });

  it('is shown over TLS 1.2 and newer alone', async () => {
    const refused = () =>
      new Promise<unknown>((resolve) => {
        const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
        const socket = connect({ host: '127.0.0.1', port: world.port, rejectUnauthorized: false, ...old });
        socket.once('secureConnect', () => resolve(socket.getProtocol()));
        socket.once('error', (error) => resolve('code' in error && error.code));
      });
    expect(await refused()).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
    world.rotate(await world.authority.issue(['127.0.0.1']));
    expect(await refused()).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });
});

describe('a validator that does not read', () => {
  it('is left when it has had time enough', async () => {
    const secrets = new Map([['shop/s/k', new Uint8Array(32 * 1024 * 1024)]]);
    world.publish({ ...A, secrets }, 'shop/a');
    const { path, headers = {} } = pollOf(token);
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const socket = connect({ host: '127.0.0.1', port: world.port, ca: world.authority.certificate });
    socket.on('error', () => {});
    socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n${fields.join('')}\r\n`);
    await new Promise((resolve) => socket.once('readable', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await clock.advance(READING_LIMIT);
    // What has been sent already is read now, and behind it is the end.
    let length = 0;
    socket.on('data', (bytes) => {
      length += bytes.length;
    });
    await closed;
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThan(32 * 1024 * 1024);
    expect(clock.due().every((due) => due <= 10_000)).toBe(true);
  });
});

describe('the end', () => {
  it('sends away at once whoever waits, and is over within a second, whoever hangs', async () => {
    const held = world.poll(token, { version: a });
    await world.held(1);
    const halfOpen = connectPlain(world.port, '127.0.0.1');
    await new Promise((resolve) => halfOpen.once('connect', resolve));
    const silent = connect({ host: '127.0.0.1', port: world.port, rejectUnauthorized: false });
    await new Promise((resolve) => silent.once('secureConnect', resolve));
    const ends = [halfOpen, silent].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of [halfOpen, silent]) socket.on('error', () => {});
    silent.write('GET /v1/policy HTTP/1.1\r\n');
    const closed = world.server.close();
    const { status, headers } = await held;
    expect([status, headers['retry-after'], headers.connection]).toEqual([503, undefined, 'close']);
    await closed;
    await Promise.all(ends);
    expect(clock.due()).toEqual([]);
    await expect(world.poll(token)).rejects.toThrow('ECONNREFUSED');
  });

  it('is told to whoever waits as soon as it shows that another one leads', async () => {
    const held = world.poll(token, { version: a });
    await world.held(1);
    leading = false;
    world.publish(B, 'shop/a');
    expect((await held).status).toBe(503);
  });
});
