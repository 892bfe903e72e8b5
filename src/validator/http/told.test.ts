/** Checks whose proxy tells of the client's request in headers: what is read, and what is refused unread. */

import { describe, expect, it } from 'vitest';
import { bearer, GUARDED, pathOf, startTold, TOLD_CASES, TOLD_FORMS } from '../testing/told.ts';

describe.each(TOLD_CASES)('%s', (form) => {
  const told = TOLD_FORMS[form];

  it.each([
    ['GET', '/open/x?y=1', 200],
    ['GET', '/', 401],
    ['POST', '/open/x', 401],
    ['OPTIONS', '/open', 401],
    ['BREW', '/open', 401],
    ['GET', '/open/../admin', 400],
    ['GET', '/open/%2e%2e/admin', 400],
    ['GET', '/open#', 400],
    ['get', '/open', 400],
  ])('%s %s is judged, whatever the request line is: %i', async (method, target, status) => {
    for (const line of ['', '/', '/open', '?x=/open']) {
      const { ask, judged } = await startTold();
      const answer = await ask(`GET ${pathOf(form)}${line}`, ...told(method, target));
      expect(answer.status).toBe(status);
      expect(judged[0]?.request).toMatchObject({ method, pathAndQuery: target, host: 'api.example' });
      expect(judged[0]?.request.port).toBeUndefined();
    }
  });

  it('a tunnel is refused: what goes through it nobody would judge', async () => {
    const { ask, judged } = await startTold();
    expect((await ask(`GET ${pathOf(form)}`, ...told('CONNECT', '/'), bearer)).status).toBe(400);
    expect(judged).toEqual([]);
  });

  it('its own request line opens nothing, and its own method neither', async () => {
    const { ask } = await startTold();
    expect((await ask(`GET ${pathOf(form)}/open`, ...told('GET', '/admin'))).status).toBe(401);
    expect((await ask(`POST ${pathOf(form)}`, ...told('GET', '/open'))).status).toBe(200);
  });

  it('each of its headers has to be there, once and not empty', async () => {
    const all = told('GET', '/open');
    for (let i = 0; i < all.length; i++) {
      const line = all[i] ?? '';
      if (line.startsWith('Host:') && form === 'forward-auth') continue;
      const name = line.slice(0, line.indexOf(':'));
      const others = all.filter((one) => one !== line);
      for (const broken of [[], [line, line], [line, `${name.toUpperCase()}: x`], [`${name}:`]]) {
        const { ask, judged, refused } = await startTold();
        const answer = await ask(`GET ${pathOf(form)}`, ...others, ...broken);
        if (form === 'auth-request by URL' && name === 'Host' && broken.length === 1) continue;
        expect([name, broken, answer.status]).toEqual([name, broken, 400]);
        expect(JSON.parse(answer.body)).toMatchObject({ reason: 'request_malformed' });
        expect([judged, refused.length]).toEqual([[], 1]);
      }
    }
  });

  it.each([
    ['G T', '/open', 'api.example'],
    [`G${'E'.repeat(64)}`, '/open', 'api.example'],
    ['GET', 'open', 'api.example'],
    ['GET', '*', 'api.example'],
    ['GET', '?x=/open', 'api.example'],
    ['GET', 'http://api.example/open', 'api.example'],
    ['GET', '/open', 'a.example, api.example'],
    ['GET', '/open', 'a.example/open'],
    ['GET', '/open', 'joe@api.example'],
    ['GET', '/open', ''],
  ])('%s %j at %j is refused', async (method, target, host) => {
    // There, host and path are one.
    if (form === 'auth-request by URL' && host.includes('/')) return;
    const { ask } = await startTold();
    const answer = await ask(`GET ${pathOf(form)}`, ...told(method, target, host));
    expect(answer.status).toBe(400);
  });

  it('headers of another form are the client’s, and tell nothing', async () => {
    for (const other of TOLD_CASES) {
      if (pathOf(other) === pathOf(form)) continue;
      const { ask, judged } = await startTold();
      const lines = TOLD_FORMS[other]('GET', '/open').filter((line) => !line.startsWith('Host:'));
      expect((await ask(`GET ${pathOf(form)}`, ...told('GET', '/admin'), ...lines)).status).toBe(401);
      expect(judged[0]?.request.pathAndQuery).toBe('/admin');
    }
  });

  it('expressions see the client’s headers, and none of the proxy’s', async () => {
    const { ask, judged } = await startTold();
    const mine = ['X-Portcullis-Port: 1', 'X-Portcullis-Client: 9.9.9.9', 'X-Mine: 1'];
    const answer = await ask(`GET ${pathOf(form)}`, ...told('GET', '/seen'), ...mine, bearer);
    expect([answer.status, judged[0]?.request.headers.host]).toEqual([200, 'api.example']);
    expect(judged[0]?.request.port).toBeUndefined();
  });

  it('a peer that is no proxy is not listened to', async () => {
    const { ask, judged, refused } = await startTold(GUARDED, { mayTell: () => false });
    const answer = await ask(`GET ${pathOf(form)}`, ...told('GET', '/open'));
    expect([answer.status, judged, refused.length]).toEqual([403, [], 1]);
    expect(JSON.parse(answer.body)).toMatchObject({
      reason: 'request_malformed',
      detail: expect.stringContaining('--forward-auth-from'),
    });
  });

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['unknown', undefined],
    ['203.0.113.7,', undefined],
  ])('of X-Forwarded-For %s the last is the client', async (value, client) => {
    const { ask, judged } = await startTold();
    await ask(`GET ${pathOf(form)}`, ...told('GET', '/open'), `X-Forwarded-For: ${value}`);
    expect(judged[0]?.client).toBe(client);
  });
});

it('X-Original-URI and X-Original-URL exclude each other', async () => {
  const { ask, judged } = await startTold();
  const lines = [...TOLD_FORMS['auth-request']('GET', '/open'), 'X-Original-URL: https://api.example/open'];
  expect((await ask('GET /auth-request', ...lines)).status).toBe(400);
  expect(judged).toEqual([]);
});

it.each(['ftp', '', 'https, http'])('X-Forwarded-Proto %j is none', async (proto) => {
  const { ask } = await startTold();
  const lines = TOLD_FORMS['forward-auth']('GET', '/open').map((line) =>
    line.startsWith('X-Forwarded-Proto') ? `X-Forwarded-Proto: ${proto}` : line,
  );
  expect((await ask('GET /forward-auth', ...lines)).status).toBe(400);
});
