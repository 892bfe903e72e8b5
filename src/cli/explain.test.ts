import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { yaml } from '../../test/support/manifests.ts';
import { NOW } from '../../test/support/verification.ts';
import { UsageError } from '../process/start-error.ts';
import { explain, explainOffline, joe, ORDERS_URL, okta, orders } from './testing/explain.ts';
import { fileWith, folderWith, runCommand } from './testing/run.ts';

const guarded = yaml([
  okta(),
  orders({
    rules: [
      { name: 'health', match: { paths: [{ type: 'Exact', value: '/healthz' }] }, authentication: 'None' },
      {
        name: 'admin',
        match: { paths: [{ type: 'PathPrefix', value: '/admin' }] },
        require: { roles: { anyOf: ['admin'] } },
      },
      { name: 'rest' },
    ],
  }),
]);
describe('portcullis explain', () => {
  it.each([
    ['/healthz', [], 0, { outcome: 'allowed', reason: 'anonymous', status: 200, rule: 'health', user: null }],
    ['/orders', [], 3, { outcome: 'denied', reason: 'token_missing', status: 401, rule: 'rest' }],
    [
      '/orders',
      ['--token', joe()],
      0,
      { outcome: 'allowed', reason: 'authenticated', user: 'joe', source: 'shop/okta', detail: null },
    ],
    ['/admin', ['--token', joe()], 3, { reason: 'role_mismatch', status: 403, rule: 'admin', user: 'joe' }],
    ['/admin', ['--token', joe({ groups: ['admin'] })], 0, { reason: 'authenticated', rule: 'admin' }],
    ['/orders/..%2Fadmin', ['--token', joe()], 3, { reason: 'path_ambiguous', status: 400, rule: null }],
    ['/orders#/admin', ['--token', joe()], 3, { reason: 'request_malformed', status: 400 }],
    ['/orders', ['--token', ''], 3, { reason: 'token_malformed', status: 401 }],
    ['/orders', ['--token', 'a.b.c'], 3, { reason: 'token_malformed' }],
    ['/orders', ['--token', `${joe()}\n`], 3, { reason: 'token_malformed' }],
    ['/orders', ['--token', joe(), '--header', 'Authorization: Bearer x'], 3, { reason: 'token_ambiguous' }],
    ['/orders', ['--header', `Authorization: Bearer ${joe()}`], 0, { reason: 'authenticated' }],
    ['/orders', ['--token', joe(), '--header', 'host: orders.example'], 3, { reason: 'request_malformed' }],
    ['/orders', ['--token', joe(), '--at', String(NOW + 700)], 3, { reason: 'token_expired' }],
    ['/orders', ['--token', joe({ exp: 1_300_819_380 }), '--at', '2011-03-22T18:42:59Z'], 0, { user: 'joe' }],
    [
      '/orders',
      ['--token', joe({ exp: 1_300_819_380 }), '--at', '1300819410'],
      3,
      { reason: 'token_expired' },
    ],
  ])('%s %j ends with %i', async (target, args, code, expected) => {
    const ended = await explain(guarded, `GET ${ORDERS_URL}${target}`, args);
    expect(ended).toMatchObject({ code, err: '', told: expected });
  });

  it('gives a denial as Envoy would', async () => {
    const { told } = await explain(guarded, `GET ${ORDERS_URL}/orders`);
    expect(told.headers).toEqual({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'www-authenticate': 'Bearer realm="shop/orders"',
    });
    expect(JSON.parse(told.body)).toMatchObject({ reason: 'token_missing', status: 401 });
    expect(Object.keys(told)).not.toContain('set');
  });

  it('gives the headers that an allowed request is given, and loses', async () => {
    const { told } = await explain(guarded, `GET ${ORDERS_URL}/orders`, ['--token', joe()]);
    expect(told.set).toEqual({ 'x-auth-user': 'joe', 'x-auth-roles': 'user', 'x-auth-source': 'shop/okta' });
    expect(told.remove).toContain('x-auth-scopes');
    expect(Object.keys(told)).not.toContain('body');
  });

  it('allows what mode Audit lets pass, and says so', async () => {
    const ended = await explain(yaml([okta(), orders({ mode: 'Audit' })]), `GET ${ORDERS_URL}/`);
    expect(ended).toMatchObject({
      code: 0,
      told: { outcome: 'audit_denied', reason: 'token_missing', status: 200, set: {} },
    });
    expect(ended.told.steps.at(-1).finding).toContain('Enforce would answer 401 token_missing');
  });

  it.each([
    [{ credentials: [{ in: 'Header', name: 'X-Api-Token' }] }],
    [{ credentials: [{ in: 'Query', name: 'access_token' }] }],
    [
      {
        credentials: [
          { in: 'Cookie', name: 'session', origins: ['https://a.example'] },
          { in: 'Header', name: 'X-Api-Token' },
        ],
      },
    ],
  ])('puts the token where %j looks first', async (spec) => {
    const { told } = await explain(yaml([okta(), orders(spec)]), `GET ${ORDERS_URL}/a?b=1`, [
      '--token',
      joe(),
      '--header',
      'Cookie: other=1',
    ]);
    expect(told).toMatchObject({ outcome: 'allowed', user: 'joe' });
  });

  it('takes the token from a file or standard input, without the last line end', async () => {
    const folder = folderWith({});
    const file = path.join(folder, 'token');
    writeFileSync(file, `${joe()}\r\n`);
    const request = `GET ${ORDERS_URL}/orders`;
    expect((await explain(guarded, request, ['--token', `@${file}`])).code).toBe(0);
    expect((await explain(guarded, request, ['--token', '-'], { stdin: `${joe()}\n` })).code).toBe(0);
    expect((await explain(guarded, request, ['--token', '-'], { stdin: `${joe()}\n\n` })).told).toMatchObject(
      {
        reason: 'token_malformed',
      },
    );
  });

  it('never shows the token or its signature', async () => {
    const text = joe();
    const [, , signature = ''] = text.split('.');
    for (const credential of [
      { in: 'Query', name: 't' },
      { in: 'Cookie', name: 't', origins: ['https://a.example'] },
      { in: 'Header', name: 'x-t' },
    ]) {
      const manifests = yaml([okta({ audiences: ['other'] }), orders({ credentials: [credential] })]);
      const { told, out, err } = await explain(manifests, `GET ${ORDERS_URL}/`, ['--token', text]);
      expect(told.reason).toBe('audience_mismatch');
      expect(out + err).not.toContain(signature);
    }
  });

  it('says which source, algorithm and key were taken, and what was expected instead', async () => {
    const { told } = await explain(guarded, `GET ${ORDERS_URL}/orders`, ['--token', joe({ aud: 'other' })]);
    const found = told.steps.map(
      ({ step, finding }: { step: string; finding: string }) => `${step}: ${finding}`,
    );
    expect(found.slice(0, 5)).toEqual([
      'binding: shop/orders guards orders.example, in mode Enforce',
      'path: /orders',
      'rule: rest, authentication Required',
      'preflight: No CORS preflight that passes without a token',
      'credentials: A token in Header authorization',
    ]);
    expect(found).toContain('token: iss "https://issuer.example": source shop/okta');
    expect(found).toContain('token: alg "RS256"; allowed: what the key permits, by public keys');
    expect(found).toContainEqual(expect.stringMatching(/^token: kid "a": RSA key, thumbprint /));
    expect(found).toContain('token: aud "other"; expected one of "api"');
    expect(found.at(-1)).toBe('answer: denied: 401 audience_mismatch');
  });

  it('says which rule each reading of an ambiguous path leads to', async () => {
    const { told } = await explain(guarded, `GET ${ORDERS_URL}/x/..%2Fadmin`);
    const paths = told.steps.filter(({ step }: { step: string }) => step === 'path');
    expect(paths.map(({ finding }: { finding: string }) => finding)).toEqual([
      'Servers read this path differently, and the rules would too.',
      '/x/..%2Fadmin leads to rule rest',
      '/admin leads to rule admin',
    ]);
  });

  it('denies at the hosts of a binding that breaks the schema, and tells of it', async () => {
    const { code, told, err } = await explain(yaml([okta(), orders({ mod: 'Audit' })]), `GET ${ORDERS_URL}/`);
    expect({ code, reason: told.reason }).toEqual({ code: 3, reason: 'binding_invalid' });
    expect(err).toContain('unknown field "mod"');
  });

  it('denies hosts that no binding guards', async () => {
    expect((await explain(guarded, 'GET https://other.example/')).told).toMatchObject({
      reason: 'host_unbound',
      binding: null,
    });
  });

  it('explains nothing by manifests that cannot be read', async () => {
    const folder = folderWith({ 'a.yaml': guarded, 'b.yaml': 'a: [' });
    const ended = await runCommand(explainOffline, ['-f', folder, '--request', `GET ${ORDERS_URL}/healthz`]);
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.err).toMatch(/b\.yaml:\d+:\d+: error: this is not YAML.*\n.*mend it first/);
  });

  it('writes a line a step, and keeps controls out of the terminal', async () => {
    const args = ['-f', fileWith(guarded), '--request', `GET ${ORDERS_URL}/orders`];
    const { out } = await runCommand(explainOffline, [...args, '--token', joe({ aud: 'a\u009b2J\u202e' })]);
    expect(out).toMatch(/^binding {7}shop\/orders guards .*\npath {10}\/orders\n/);
    expect(out).toMatch(/\nanswer {8}denied: 401 audience_mismatch\n\n401 Unauthorized\ncontent-type: /);
    expect(out).not.toMatch(/[\u009b\u202e]/);
  });

  it.each([
    ['no request', ['-f', 'a.yaml']],
    ['no path', ['--request', 'GET https://a/']],
    ['a request without a host', ['-f', 'a.yaml', '--request', 'GET /']],
    ['a bad header', ['-f', 'a.yaml', '--request', 'GET https://a/', '--header', 'x']],
    ['a bad time', ['-f', 'a.yaml', '--request', 'GET https://a/', '--at', 'yesterday']],
    ['two tokens', ['-f', 'a.yaml', '--request', 'GET https://a/', '--token', 'a', '--token', 'b']],
    [
      'a token file that is not there',
      ['-f', 'a.yaml', '--request', 'GET https://a/', '--token', '@/nowhere'],
    ],
    ['one standard input for two', ['-f', '-', '--request', 'GET https://a/', '--token', '-']],
    ['GitHub as output', ['-f', 'a.yaml', '--request', 'GET https://a/', '--output', 'github']],
  ])('refuses %s', async (_case, args) => {
    await expect(runCommand(explainOffline, args)).rejects.toThrow(UsageError);
  });
});
