// Requests as no good client sends them, byte by byte to the HTTP service's own address.

import { describe, expect, it, vi } from 'vitest';
import { connectRaw, exchange, head, statuses } from './raw.ts';
import { TRANSPORTS, validatorOnEach } from './transports.ts';
import { anonymousMemory, bearer, GUARDS, guards, HOST } from './world.ts';

const running = validatorOnEach();

const host = ['host', HOST] as const;
const close = ['connection', 'close'] as const;
const good = (sub?: string, alg?: 'RS256' | 'ES512') =>
  ['authorization', `Bearer ${bearer(sub, alg)}`] as const;

/** Each ends the connection by itself or by what is wrong with it. */
const REFUSED: readonly (readonly [what: string, status: number, bytes: string])[] = [
  ['a doubled Host', 400, head('GET /envoy/ HTTP/1.1', host, ['host', 'other.example'], good(), close)],
  ['the same Host twice', 400, head('GET /envoy/ HTTP/1.1', host, host, good(), close)],
  ['no Host', 400, head('GET /envoy/ HTTP/1.1', good(), close)],
  ['no Host in HTTP/1.0', 400, head('GET /envoy/ HTTP/1.0', good())],
  ['a doubled Authorization', 400, head('GET /envoy/ HTTP/1.1', host, good('joe'), good('ann'), close)],
  ['the same Authorization twice', 400, head('GET /envoy/ HTTP/1.1', host, good(), good(), close)],
  ['a target in absolute form', 404, head(`GET http://${HOST}/healthz HTTP/1.1`, ['host', HOST], close)],
  ['a target without a slash', 404, head('OPTIONS * HTTP/1.1', host, good(), close)],
  [
    'Expect: 100-continue',
    401,
    head('POST /envoy/ HTTP/1.1', host, ['expect', '100-continue'], ['content-length', '5'], close),
  ],
  ['another expectation', 401, head('GET /envoy/ HTTP/1.1', host, ['expect', 'the unexpected'], close)],
  [
    'a WebSocket without a token',
    401,
    head('GET /envoy/ HTTP/1.1', host, ['connection', 'upgrade, close'], ['upgrade', 'websocket']),
  ],
  ['CONNECT', 404, head('CONNECT shop.example:443 HTTP/1.1', host)],
  [
    'Content-Length with Transfer-Encoding',
    400,
    `${head('POST /envoy/healthz HTTP/1.1', host, ['content-length', '4'], ['transfer-encoding', 'chunked'])}0\r\n\r\n`,
  ],
  [
    'two lengths',
    400,
    `${head('POST /envoy/healthz HTTP/1.1', host, ['content-length', '4'], ['content-length', '5'])}abcde`,
  ],
  ['a space before the colon', 400, 'GET /envoy/healthz HTTP/1.1\r\nHost : shop.example\r\n\r\n'],
  ['a folded header', 400, `GET /envoy/healthz HTTP/1.1\r\nHost: ${HOST}\r\nX-A: b\r\n c\r\n\r\n`],
  ['a zero byte in a header', 400, head('GET /envoy/healthz HTTP/1.1', host, ['x-a', 'b\0c'])],
  [
    'a lone carriage return',
    400,
    head('GET /envoy/healthz HTTP/1.1', host, ['x-a', 'b\rHost: other.example']),
  ],
  ['the preface of HTTP/2', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a TLS handshake', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['no HTTP at all', 400, 'hello\r\n\r\n'],
  ['a header of 100 KiB', 400, head('GET /envoy/healthz HTTP/1.1', host, ['x-long', 'a'.repeat(100 * 1024)])],
  [
    '100 KiB of small headers',
    400,
    head(
      'GET /envoy/healthz HTTP/1.1',
      host,
      ...Array.from({ length: 10_000 }, (_, i) => [`x-${i}`, 'abcd'] as const),
    ),
  ],
  ['a target of 100 KiB', 400, head(`GET /envoy/healthz?${'a'.repeat(100 * 1024)} HTTP/1.1`, host)],
  [
    'a header without an end',
    400,
    `GET /envoy/healthz HTTP/1.1\r\nHost: ${HOST}\r\nX-Long: ${'a'.repeat(200 * 1024)}`,
  ],
  [
    'a token of 40 KiB',
    401,
    head('GET /envoy/ HTTP/1.1', host, ['authorization', `Bearer ${'a.'.repeat(20 * 1024)}`], close),
  ],
];

describe.each(TRANSPORTS)('over %s', (transport) => {
  const place = () => running(transport).http;

  it.each(REFUSED)('%s gets %i', async (_, status, bytes) => {
    const answer = await exchange(place(), Buffer.from(bytes, 'latin1'));
    expect(statuses(answer)).toEqual([status]);
    expect(answer).toMatch(/^portcullis-outcome: denied\r$/m);
  });

  it('pipelined requests are answered one by one, in their order, a dear one among them', async () => {
    const answer = await exchange(
      place(),
      [
        head('GET /envoy/ HTTP/1.1', host, good('dear', 'ES512')),
        head('GET /envoy/ HTTP/1.1', host),
        head('GET /envoy/healthz HTTP/1.1', host),
        head('GET /envoy/ HTTP/1.1', host, good()),
        head('GET /envoy/ HTTP/1.1', ['host', 'other.example'], good(), close),
      ].join(''),
    );
    expect(statuses(answer)).toEqual([200, 401, 200, 200, 403]);
    expect([...answer.matchAll(/^x-auth-user: (.*)\r$/gm)].map(([, user]) => user)).toEqual(['dear', 'joe']);
  });

  it('a body is never taken for a request', async () => {
    const smuggled = head('GET /envoy/ HTTP/1.1', host, good());
    const chunked = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`;
    const answer = await exchange(
      place(),
      [
        head('POST /envoy/ HTTP/1.1', host, ['content-length', String(smuggled.length)]) + smuggled,
        head('POST /envoy/ HTTP/1.1', host, ['transfer-encoding', 'chunked']) + chunked,
        head('GET /envoy/healthz HTTP/1.1', host, close),
      ].join(''),
    );
    expect(statuses(answer)).toEqual([401, 401, 200]);
  });

  it('chunks that are none end the connection after the answer', async () => {
    const answer = await exchange(
      place(),
      `${head('POST /envoy/ HTTP/1.1', host, ['transfer-encoding', 'chunked'])}zz\r\n`,
    );
    expect(statuses(answer)[0]).toBeGreaterThanOrEqual(400);
    expect(statuses(answer)).not.toContain(200);
  });

  it('a WebSocket is judged like any request, and stays HTTP', async () => {
    const client = await connectRaw(place());
    client.write(
      head('GET /envoy/ HTTP/1.1', host, ['connection', 'upgrade'], ['upgrade', 'websocket'], good()),
    );
    await client.until(/HTTP\/1\.1 200 /);
    client.write(head('GET /envoy/ HTTP/1.1', host, close));
    await client.closed;
    expect(statuses(client.received())).toEqual([200, 401]);
  });

  it('what is written behind a CONNECT is not answered', async () => {
    const answer = await exchange(
      place(),
      head('CONNECT shop.example:443 HTTP/1.1', host) + head('GET /envoy/healthz HTTP/1.1', host),
    );
    expect(statuses(answer)).toEqual([404]);
  });

  it('headers by the thousand are all seen', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => [`x-${i}`, 'a'] as const);
    const last = await exchange(place(), head('GET /envoy/ HTTP/1.1', ...many, host, good(), close));
    expect(statuses(last)).toEqual([200]);
    const doubled = await exchange(place(), head('GET /envoy/ HTTP/1.1', host, ...many, good(), host, close));
    expect(statuses(doubled)).toEqual([400]);
  });

  it('who asks by the hundred thousand and never reads an answer costs little', async () => {
    const validator = running(transport);
    await guards(validator);
    const before = anonymousMemory(validator);
    const client = await connectRaw(place());
    client.socket.pause();
    const questions = head('GET /envoy/ HTTP/1.1', host).repeat(10_000);
    for (let i = 0; i < 40; i++) client.write(questions);
    // On a busy machine others may be told to come again.
    const seen = new Set<string>();
    for (let i = 0; i < 200; i++) for (const one of await guards(validator)) seen.add(one);
    expect([...seen].filter((one) => ![...GUARDS, '503 overloaded'].includes(one))).toEqual([]);
    await vi.waitFor(async () => expect(await guards(validator)).toEqual(GUARDS), 10_000);
    // The answers would take twice as much.
    expect(anonymousMemory(validator) - before).toBeLessThan(128 * 1024 * 1024);
    client.socket.destroy();
  });

  it('a client that vanishes while its dear token is verified harms nobody', async () => {
    const validator = running(transport);
    for (let i = 0; i < 200; i++) {
      const client = await connectRaw(place());
      client.write(head('GET /envoy/ HTTP/1.1', host, good(`vanishing-${i}`, 'ES512')));
      if (transport === 'tcp' && i % 2 === 0) client.socket.resetAndDestroy();
      else client.socket.destroy();
    }
    expect(await guards(validator)).toEqual(GUARDS);
    expect(validator.server.running).toBe(true);
    expect(validator.server.logs).not.toContain('bug');
  });
});
