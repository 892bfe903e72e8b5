// Answers of a binding's own through real Envoys, which ask over HTTP and over gRPC; and a real browser before them.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../console/harness.ts';
import { binding, source, yaml } from '../support/manifests.ts';
import { publicJwk, token } from '../support/tokens.ts';
import { CLAIMS } from '../support/verification.ts';
import { enforcerFor, type Guarded, type Protocol, type Sent, send, startGuarded } from './guarded.ts';

const PROTOCOLS: readonly Protocol[] = ['http', 'grpc'];
const sources = [{ name: 'okta' }];
const OKTA = source('okta', {
  issuer: CLAIMS.iss,
  keys: { jwks: { keys: [publicJwk('RS256')] } },
  audiences: ['api'],
});
const DOWN = source('down', { issuer: 'https://down.example', audiences: ['api'] });
const denied = [
  {
    statuses: [403],
    contentType: 'text/html',
    body: '<!doctype html><h1>{title}</h1>\n<p>{detail} {requestId}</p>',
  },
  {
    statuses: [400, 401, 503],
    contentType: 'application/json',
    body: '{"error":"{reason}","code":{status},"id":"{requestId}"}',
  },
];
const rules = [
  {
    name: 'admin',
    match: { paths: [{ type: 'PathPrefix', value: '/admin' }] },
    require: { roles: { anyOf: ['<b>admin'] } },
  },
  { name: 'pages' },
];
const pages = (url: string, hosts: readonly string[]) =>
  binding('pages', {
    sources,
    hosts: ['pages.example', 'localhost'],
    rules,
    credentials: [
      { in: 'Header', name: 'Authorization', scheme: 'Bearer' },
      { in: 'Cookie', name: 'session', origins: ['https://pages.example'] },
    ],
    answers: { login: { url, hosts }, denied },
  });
const MANIFESTS = [
  OKTA,
  DOWN,
  pages('https://login.example/start?rd={url}', ['pages.example']),
  binding('down', { sources: [{ name: 'down' }], answers: { denied } }),
];
const bearer = (claims: object = {}) => token({ claims: { ...CLAIMS, aud: 'api', ...claims } });

let guarded: Guarded;
beforeAll(async () => {
  guarded = await startGuarded(yaml(MANIFESTS));
});
afterAll(() => guarded.stop());

describe.each(PROTOCOLS)('over %s', (protocol) => {
  const ask = (sent: Sent, host = 'pages.example') =>
    send(guarded.ports[protocol], { ...sent, headers: [['host', host], ...(sent.headers ?? [])] });
  const authorized = (claims?: object) => ['authorization', `Bearer ${bearer(claims)}`] as const;

  it('a browser is sent to the login page', async () => {
    const sent = { target: '/a?b=c', headers: [['sec-fetch-mode', 'navigate']] } as const;
    const answer = await ask(sent);
    expect([answer.status, answer.body]).toEqual([302, '']);
    expect(answer.headers.location).toBe(
      'https://login.example/start?rd=https%3A%2F%2Fpages.example%2Fa%3Fb%3Dc',
    );
    expect(answer.headers['cache-control']).toBe('no-store');
    const names = Object.keys(answer.headers);
    expect(names.filter((name) => /^(portcullis-|x-|www-authenticate$)/.test(name))).toEqual([]);
    await expect
      .poll(() =>
        guarded.logs[protocol]()
          .split('\n')
          .filter((line) => line.includes('"token_missing"')),
      )
      .not.toHaveLength(0);
  });

  it('and lands nowhere else by what it says of itself', async () => {
    for (const [host, target, more] of [
      ['localhost', '/', []],
      ['pages.example:81', '/', []],
      ['pages.example', '/', [['x-forwarded-host', 'evil.example']]],
      ['pages.example', '//evil.example', []],
      ['pages.example', '/\\evil.example', []],
      ['pages.example', 'http://pages.example/x', []],
      ['pages.example', 'http://evil.example/x', []],
    ] as const) {
      const headers = [['sec-fetch-mode', 'navigate'], ...more] as const;
      const { location } = (await ask({ target, headers }, host)).headers;
      if (location === undefined) continue;
      const { origin, searchParams } = new URL(String(location));
      expect(origin).toBe('https://login.example');
      expect(new URL(searchParams.get('rd') ?? '').origin).toBe('https://pages.example');
    }
  });

  it('a gRPC caller gets its status, and neither page nor redirect', async () => {
    const headers = [
      ['content-type', 'application/grpc'],
      ['sec-fetch-mode', 'navigate'],
    ] as const;
    const answer = await ask({ method: 'POST', headers });
    expect(answer.headers['grpc-status']).toBe('16');
    expect(answer.headers.location).toBeUndefined();
  });

  it('a body of its own, with its type and what the usual one has beside', async () => {
    const page = await ask({ target: '/admin', headers: [authorized({ groups: ['<script>'] })] });
    expect([page.status, page.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(page.body).toMatch(/^<!doctype html><h1>A role is missing<\/h1>\n<p>[^<>]+<\/p>$/);
    expect(page.headers['content-length']).toBe(String(Buffer.byteLength(page.body)));
    const json = await ask({ headers: [['x-request-id', 'mine"}']] });
    expect([json.status, json.headers['content-type']]).toEqual([401, 'application/json']);
    expect(json.headers['www-authenticate']).toBe('Bearer realm="shop/pages"');
    // One that no proxy would make is none.
    expect(JSON.parse(json.body)).toEqual({ error: 'token_missing', code: 401, id: '' });
    const idOf = async (...headers: NonNullable<Sent['headers']>) =>
      (JSON.parse((await ask({ headers })).body) as { readonly id: string }).id;
    expect(await idOf()).toMatch(/^[0-9a-f-]{36}$/);
    // Envoy keeps a client's own.
    expect(await idOf(['x-request-id', 'mine'])).toBe('mine');
  });

  it('of a 503, by whatever status it comes to Envoy', async () => {
    const sent = { headers: [authorized({ iss: 'https://down.example' })] };
    const answer = await ask(sent, 'down.example');
    expect([answer.status, answer.headers['content-type']]).toEqual([503, 'application/json']);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'keys_unavailable', code: 503 });
    expect(answer.headers['retry-after']).toBe('5');
  });
});

describe.each(PROTOCOLS)('a browser, and an Envoy that asks over %s', (protocol) => {
  let browser: Browser;
  let login: Server;
  const asked: string[] = [];
  let app: string;
  let before: Guarded['parts'];

  beforeAll(async () => {
    browser = await openBrowser();
    // A login page that knows its user: it sets the cookie, and sends the browser back.
    login = createServer((request, response) => {
      asked.push(request.url ?? '');
      const back = new URL(request.url ?? '', 'http://localhost').searchParams.get('rd') ?? '';
      response.writeHead(302, {
        'set-cookie': `session=${bearer({ name: 'joe' })}; Path=/; HttpOnly`,
        location: back,
      });
      response.end();
    });
    await once(login.listen(0, '127.0.0.1'), 'listening');
    const { port } = login.address() as AddressInfo;
    const host = `localhost:${guarded.ports[protocol]}`;
    app = `http://${host}`;
    const enforcer = enforcerFor(yaml([OKTA, pages(`http://localhost:${port}/start?rd={url}`, [host])]));
    before = guarded.parts;
    guarded.parts = { ...before, enforcer: () => enforcer };
  });
  afterAll(async () => {
    guarded.parts = before;
    await browser.close();
    login.close();
  });

  it('logs in, and comes back to the page that it asked for; a fetch hears that it must', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const target = `${app}/orders?page=2&q=a+b%2F`;
    const response = await page.goto(target);
    expect([page.url(), response?.status()]).toEqual([target, 200]);
    expect(asked).toEqual([`/start?rd=${encodeURIComponent(target)}`]);

    await context.clearCookies();
    const fetched = await page.evaluate(`fetch('/orders').then(async (response) => [
      response.status, response.redirected, response.url, (await response.json()).error,
    ])`);
    expect(fetched).toEqual([401, false, `${app}/orders`, 'token_missing']);
    expect(asked).toHaveLength(1);

    const refused = await page.goto(`${app}/admin`);
    // The browser has logged in again, and may still not do that: it is told so, and not sent round and round.
    expect([refused?.status(), page.url(), asked.length]).toEqual([403, `${app}/admin`, 2]);
    expect(await page.getByRole('heading').textContent()).toBe('A role is missing');
    expect(await page.locator('b, script').count()).toBe(0);
    await context.close();
  });
});
