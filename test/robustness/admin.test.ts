/** The admin address of the program itself, asked about callers who send whatever they like. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Report, readReport } from '../../src/report/report.ts';
import { send } from '../envoy/guarded.ts';
import { binding, source, yaml } from '../support/manifests.ts';
import { publicJwk, token } from '../support/tokens.ts';
import { startValidator, type Validator } from '../support/validator.ts';

const manifests = yaml([
  source('okta', {
    issuer: 'https://issuer.example',
    audiences: ['api://orders'],
    keys: { jwks: { keys: [publicJwk('RS256'), publicJwk('ES512')] } },
  }),
  binding('orders', {
    mode: 'Audit',
    sources: [{ name: 'okta' }],
    rules: [{ name: 'read', require: { roles: { anyOf: ['clerk'] } } }],
  }),
  binding('shipping', { sources: [{ name: 'okta' }] }),
  binding('shipping-next', {
    mode: 'Trial',
    hosts: ['shipping.example'],
    sources: [{ name: 'okta' }],
    rules: [{ name: 'read', require: { scopes: { anyOf: ['ship'] } } }],
  }),
]);

const HOSTILE = '\u001b]0;owned\u0007\u001b[2J\r\nallowed\u202e<script>alert(1)</script>\u2066';
/** But line breaks, which end a line of JSON or of the stream. */
const MARKS = /(?!\n)\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

let validator: Validator;

beforeAll(async () => {
  validator = await startValidator({ manifests });
});

afterAll(async () => {
  await validator.stop();
});

const minted = (claims: object, alg = 'RS256'): string =>
  token({
    alg,
    claims: {
      iss: 'https://issuer.example',
      aud: 'api://orders',
      exp: Math.floor(Date.now() / 1000) + 600,
      ...claims,
    },
  });

const page = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${validator.admin}${path}`, init);

const ask = (target: string, headers: readonly (readonly [string, string])[]) =>
  validator.ask({
    target,
    headers: [['host', 'orders.example'], ['x-portcullis-client', '2001:db8::7'], ...headers],
  });

/** It may be asked a few times a second alone. */
async function report(): Promise<{ readonly text: string; readonly report: Report }> {
  let text = '';
  await expect
    .poll(async () => {
      const answer = await page('/report');
      text = await answer.text();
      return answer.status;
    })
    .toBe(200);
  const read = readReport(JSON.parse(text));
  if (read.kind === 'refused') throw new Error(read.problem);
  return { text, report: read.report };
}

/** What a listener hears until it has so many decisions. */
async function heard(query: string, count: number, meanwhile: () => Promise<unknown>): Promise<string> {
  const response = await page(`/decisions${query}`);
  if (response.body === null) throw new Error('there is no stream');
  const asked = meanwhile();
  let text = '';
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.split('event: decision').length > count && text.endsWith('\n\n')) break;
  }
  await asked;
  return text;
}

it('what callers send is told without tokens, queries and marks that could move a terminal', async () => {
  const bearer = minted({ sub: HOSTILE + 'u'.repeat(8192), azp: `${HOSTILE}client`, groups: [HOSTILE] });
  const secret = 'c2VjcmV0LXZhbHVl';
  const stream = await heard('?outcome=audit_denied', 3, async () => {
    await ask(`/orders/${minted({})}?access_token=${secret}`, [
      ['authorization', `Bearer ${bearer}`],
      ['cookie', `session=${secret}`],
      ['x-request-id', `${'r'.repeat(8000)}`],
    ]);
    await ask(`/${'p'.repeat(8000)}?${secret}`, [['x-request-id', bearer]]);
    await ask(`/orders?a=${secret}`, [['authorization', `Bearer ${bearer.slice(0, -4)}AAAA`]]);
  });
  const { text, report: told } = await report();
  for (const said of [text, stream]) {
    expect(said).not.toContain(secret);
    expect(said).not.toContain(bearer.split('.')[1]?.slice(0, 40));
    expect(said).not.toContain(bearer.split('.')[2]?.slice(0, 20));
    expect(said).not.toMatch(MARKS);
    expect(said).not.toMatch(/\\u(00[01]|202|206|d8)/);
  }
  const orders = told.bindings.find(({ binding }) => binding === 'shop/orders');
  expect(orders?.rows.map(({ reason }) => reason).sort()).toEqual([
    'role_mismatch',
    'signature_invalid',
    'token_missing',
  ]);
  const [mismatch] = orders?.rows.filter(({ reason }) => reason === 'role_mismatch') ?? [];
  expect(mismatch?.client).toMatch(/^ \]0;owned \[2J allowed <script>.*client$/);
  expect(mismatch?.user?.length).toBeLessThan(260);
  const [missing] = orders?.rows.filter(({ reason }) => reason === 'token_missing') ?? [];
  expect(missing).toMatchObject({ client: null, network: '2001:db8:0:0::/64' });
});

it('names whom a Trial would refuse, while the binding in force lets them pass', async () => {
  const asked = (scope: string) =>
    validator.ask({
      target: '/parcels/1',
      headers: [
        ['host', 'shipping.example'],
        ['authorization', `Bearer ${minted({ sub: 'ann', azp: 'carrier', scope })}`],
      ],
    });
  expect((await asked('ship')).status).toBe(200);
  expect((await asked('read')).status).toBe(200);
  const bindings = async () => {
    const { report: told } = await report();
    return told.bindings.filter(({ binding }) => binding?.startsWith('shop/shipping'));
  };
  const counted = async () => {
    const counts = (await bindings()).flatMap((one) => one.counts);
    return counts.reduce((sum, { count }) => sum + count, 0);
  };
  // A Trial is judged after the answer has gone.
  await expect.poll(counted).toBe(4);
  expect(await bindings()).toMatchObject([
    { binding: 'shop/shipping', mode: 'Enforce', counts: [{ outcome: 'allowed', count: 2 }], rows: [] },
    {
      binding: 'shop/shipping-next',
      mode: 'Trial',
      counts: [
        { outcome: 'same', reason: 'authenticated', count: 1 },
        { outcome: 'would_deny', rule: 'read', reason: 'scope_insufficient', count: 1 },
      ],
      rows: [{ outcome: 'would_deny', client: 'carrier', user: 'ann', example: { path: '/parcels/1' } }],
    },
  ]);
});

it('explain by the policy in force is written nowhere, and holds nobody up', async () => {
  const before = validator.server.logs.length;
  const bearer = minted({ sub: 'explained-user', groups: ['clerk'] }, 'ES512');
  const answers = await Promise.all(
    Array.from({ length: 2 }, () =>
      page('/explain', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ method: 'GET', url: 'https://orders.example/orders', token: bearer }),
      }),
    ),
  );
  for (const answer of answers) {
    expect(await answer.json()).toMatchObject({ outcome: 'allowed', user: 'explained-user', rule: 'read' });
  }
  const { text } = await report();
  expect(text).not.toContain('explained-user');
  expect(validator.server.logs.slice(before)).not.toContain('explained-user');
});

it.each([
  ['rebound.example', {}],
  ['127.0.0.1', { origin: 'https://evil.example' }],
  ['127.0.0.1', { 'sec-fetch-site': 'cross-site' }],
])('a page of the web gets nothing: %s %j', async (host, headers) => {
  for (const target of ['/report', '/decisions', '/policy', '/metrics']) {
    const answer = await send(validator.admin, { target, headers: Object.entries({ host, ...headers }) });
    expect(answer.status).toBe(403);
  }
});

it('ends the streams of listeners when it ends', async () => {
  const other = await startValidator({ manifests });
  const response = await fetch(`http://127.0.0.1:${other.admin}/decisions`);
  const text = response.text();
  await other.stop();
  expect(await text).toContain('retry: ');
});
