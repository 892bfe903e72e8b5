/** Whom we trust, and what we show to whom. */

import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { createAuthority } from '../../issuers/testing/certificates.ts';
import { connections, type Handler, never, problemOf, QUESTION, read } from '../testing/connection.ts';
import { startControlPlane } from '../testing/control-plane-server.ts';
import { createConnection } from './connection.ts';

let files: ReturnType<typeof connections>['files'];
let cleanUps: ReturnType<typeof connections>['cleanUps'];
let setUp: ReturnType<typeof connections>['setUp'];
let remove: ReturnType<typeof connections>['remove'];
beforeEach(() => {
  ({ files, cleanUps, setUp, remove } = connections());
});
afterEach(() => remove());

describe('the token', () => {
  it('is read anew when it changes', async () => {
    const { server, connection } = await setUp((_, response) => void response.end('ok'));
    await read(connection);
    files.writeToken('another');
    await read(connection);
    expect(server.asked.map(({ token }) => token)).toEqual(['token', 'another']);
  });

  it.each([
    ['', 'token content'],
    ['two words', 'token content'],
    ['a\r\nx-evil: 1', 'token content'],
  ])('%j is none, and nobody is asked', async (text, topic) => {
    const { server, connection } = await setUp((_, response) => void response.end('ok'));
    files.writeToken(text);
    const problem = await problemOf(connection.send(QUESTION, never()));
    expect(problem).toBe(`${topic}: the file ${files.tokenFile} does not hold a token`);
    expect(server.asked).toEqual([]);
  });

  it('that is missing is waited for', async () => {
    const server = await startControlPlane({ plain: true });
    cleanUps.push(server.stop);
    const connection = createConnection({ url: server.url, ...files, clock: systemClock });
    expect(await problemOf(connection.send(QUESTION, never()))).toMatch(/^token ENOENT: the token file/);
  });
});

describe('the authorities', () => {
  it('are read anew when they change: old and new may overlap', async () => {
    const ok: Handler = (_, response) => void response.end('ok');
    const { server, connection } = await setUp(ok);
    expect(await read(connection)).toEqual([200, 'ok']);
    const next = await createAuthority('next');
    files.writeAuthorities(next);
    expect(await problemOf(connection.send(QUESTION, never()))).toMatch(
      /shows a certificate that no authority in .*ca\.crt has signed/,
    );
    files.writeAuthorities(server.authority, next);
    expect(await read(connection)).toEqual([200, 'ok']);
    const other = await startControlPlane({ authority: next });
    other.misbehave(ok);
    const elsewhere = createConnection({ url: other.url, ...files, clock: systemClock });
    cleanUps.push(other.stop, elsewhere.renew);
    expect(await read(elsewhere)).toEqual([200, 'ok']);
  });

  it.each([
    ['', 'holds no certificate'],
    ['hello', 'holds no certificate'],
    [
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      'holds a certificate that cannot be read',
    ],
  ])('%j are none, and nobody is asked', async (text, problem) => {
    const { server, connection } = await setUp((_, response) => void response.end('ok'));
    writeFileSync(files.caFile, text);
    expect(await problemOf(connection.send(QUESTION, never()))).toContain(problem);
    expect(server.connections()).toBe(0);
  });

  it('vouch for the name in the URL alone, whatever the environment says', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    cleanUps.push(() => {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    });
    const { server, connection } = await setUp((_, response) => void response.end('ok'), {
      names: ['portcullis.portcullis-system.svc'],
    });
    expect(await problemOf(connection.send(QUESTION, never()))).toMatch(/certificate for another name/);
    expect(server.asked).toEqual([]);
  });

  it('vouch for nobody else', async () => {
    const { server, connection } = await setUp((_, response) => void response.end('ok'));
    files.writeAuthorities(await createAuthority('other'));
    expect(await problemOf(connection.send(QUESTION, never()))).toMatch(/no authority in/);
    expect(server.asked).toEqual([]);
  });
});

describe('where nobody answers', () => {
  it('a refused connection says so', async () => {
    const server = await startControlPlane();
    await server.stop();
    files.writeToken('token');
    files.writeAuthorities(server.authority);
    const connection = createConnection({ url: server.url, ...files, clock: systemClock });
    expect(await problemOf(connection.send(QUESTION, never()))).toMatch(
      /^connection ECONNREFUSED: .*refuses connections: is the operator running\? \(ECONNREFUSED\)$/,
    );
  });

  it('what is no TLS says so', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n').on('error', () => {}));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => other.close());
    const address = other.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const authority = await createAuthority('test');
    files.writeToken('token');
    files.writeAuthorities(authority);
    const connection = createConnection({
      url: new URL(`https://127.0.0.1:${address.port}`),
      ...files,
      clock: systemClock,
    });
    expect(await problemOf(connection.send(QUESTION, never()))).toMatch(/does not speak TLS as we do/);
  });
});
