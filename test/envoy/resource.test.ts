// The metadata of a resource through real Envoys, which ask over HTTP and over gRPC.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binding, source, yaml } from '../support/manifests.ts';
import { publicJwk, token } from '../support/tokens.ts';
import { CLAIMS } from '../support/verification.ts';
import { type Guarded, type Protocol, send, startGuarded } from './guarded.ts';

const PROTOCOLS: readonly Protocol[] = ['http', 'grpc'];
const WELL_KNOWN = '/.well-known/oauth-protected-resource';
const keys = { jwks: { keys: [publicJwk('RS256')] } };
const sources = [{ name: 'okta' }];

let guarded: Guarded;
beforeAll(async () => {
  guarded = await startGuarded(
    yaml([
      source('okta', { issuer: CLAIMS.iss, keys }),
      binding('mcp', {
        sources,
        resource: { identifier: 'https://mcp.example/mcp', name: 'Files' },
        rules: [{ name: 'all', require: { scopes: { allOf: ['files:read'] } } }],
      }),
      binding('audit', { sources, mode: 'Audit', resource: { identifier: 'https://audit.example' } }),
      binding('open', { sources, mode: 'Disabled', resource: { identifier: 'https://open.example' } }),
      binding('none', { sources, resource: { identifier: 'https://none.example', metadata: 'None' } }),
    ]),
  );
});
afterAll(() => guarded.stop());

const asking = (host: string, target: string, ...headers: readonly (readonly [string, string])[]) => ({
  target,
  headers: [['host', host], ...headers] as const,
});
const DOCUMENT = {
  resource: 'https://mcp.example/mcp',
  authorization_servers: [CLAIMS.iss],
  scopes_supported: ['files:read'],
  bearer_methods_supported: ['header'],
  resource_name: 'Files',
};

describe.each(PROTOCOLS)('over %s', (protocol) => {
  const ask = (
    host: string,
    target: string,
    method = 'GET',
    ...headers: readonly (readonly [string, string])[]
  ) => send(guarded.ports[protocol], { ...asking(host, target, ...headers), method });

  it.each([`${WELL_KNOWN}/mcp`, WELL_KNOWN])('a client without a token reads %s', async (path) => {
    const { status, headers, body } = await ask('mcp.example', path);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual(DOCUMENT);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'max-age=300',
      'access-control-allow-origin': '*',
      'content-length': String(Buffer.byteLength(body)),
    });
    expect(Object.keys(headers).filter((name) => /^(portcullis-|x-envoy-|x-portcullis-)/.test(name))).toEqual(
      [],
    );
  });

  it('HEAD has no body', async () => {
    const { status, headers, body } = await ask('mcp.example', `${WELL_KNOWN}/mcp`, 'HEAD');
    expect([status, body]).toEqual([200, '']);
    expect(headers).toMatchObject({ 'cache-control': 'max-age=300', 'access-control-allow-origin': '*' });
    // Over HTTP Envoy gets no body either, and then says nothing of one.
    const { 'content-type': type, 'content-length': length } = headers;
    const whole = (await ask('mcp.example', `${WELL_KNOWN}/mcp`)).headers['content-length'];
    expect([type, length]).toEqual(
      protocol === 'grpc' ? ['application/json', whole] : [undefined, undefined],
    );
  });

  it('a page may ask with headers of its own', async () => {
    const { status, headers, body } = await ask(
      'mcp.example',
      `${WELL_KNOWN}/mcp`,
      'OPTIONS',
      ['origin', 'https://page.example'],
      ['access-control-request-method', 'GET'],
      ['access-control-request-headers', 'mcp-protocol-version'],
    );
    expect([status, body]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': '*, Authorization',
      'access-control-max-age': '3600',
    });
  });

  it('another method is none of it', async () => {
    const { status, headers } = await ask('mcp.example', `${WELL_KNOWN}/mcp`, 'POST');
    expect(status).toBe(405);
    expect(headers.allow).toBe('GET, HEAD, OPTIONS');
  });

  it.each([`${WELL_KNOWN}/mcp/`, `${WELL_KNOWN}/mcp?x=1`, `${WELL_KNOWN}//mcp`, `${WELL_KNOWN}/%6Dcp`])(
    '%s is none of it',
    async (path) => {
      const { status, body } = await ask('mcp.example', path);
      expect([401, 400]).toContain(status);
      expect(body).not.toContain('authorization_servers');
    },
  );

  it('mode Audit has it, and mode Disabled and metadata: None leave it to the app', async () => {
    const audited = await ask('audit.example', WELL_KNOWN);
    expect([audited.status, JSON.parse(audited.body)]).toMatchObject([
      200,
      { resource: 'https://audit.example' },
    ]);
    const off = await ask('open.example', WELL_KNOWN);
    expect(off.status).toBe(200);
    expect(JSON.parse(off.body)).toHaveProperty('headers');
    expect((await ask('none.example', WELL_KNOWN)).status).toBe(401);
  });

  it('the challenge names it, and a token for another resource does not open the API', async () => {
    const bearer = (aud: string) =>
      ['authorization', `Bearer ${token({ claims: { ...CLAIMS, aud, scope: 'files:read' } })}`] as const;
    const refused = await ask('mcp.example', '/mcp', 'GET', bearer('https://mcp.example/other'));
    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toContain(
      `resource_metadata="https://mcp.example${WELL_KNOWN}/mcp"`,
    );
    expect(JSON.parse(refused.body)).toMatchObject({ reason: 'audience_mismatch' });
    const passed = await ask('mcp.example', '/mcp', 'GET', bearer('https://mcp.example/mcp'));
    expect(passed.status).toBe(200);
  });

  it('the access log says that it was served', async () => {
    await ask('mcp.example', `${WELL_KNOWN}/mcp`);
    await expect
      .poll(() =>
        guarded.logs[protocol]()
          .split('\n')
          .filter((line) => line.includes('"outcome":"served"') && line.includes('"binding":"shop/mcp"')),
      )
      .not.toHaveLength(0);
  });
});

describe('an Envoy whose configuration knows no carrier', () => {
  const check = (method: string, carries?: string) =>
    send(guarded.socket, {
      method,
      target: `/envoy${WELL_KNOWN}/mcp`,
      headers: [
        ['host', 'mcp.example'],
        ...(carries === undefined ? [] : [['x-portcullis-carries-503', carries] as const]),
      ],
    });

  it.each([undefined, '424'])('that says %s is never told to allow', async (carries) => {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      const { status, headers } = await check(method, carries);
      expect(status).toBe(403);
      expect(headers['portcullis-outcome']).toBe('denied');
      expect(headers['portcullis-reason']).toBe('metadata_undeliverable');
    }
    expect((await check('POST', carries)).status).toBe(405);
  });

  it('and one that knows them is told by these', async () => {
    const statuses = ['GET', 'HEAD', 'OPTIONS', 'POST'].map((method) =>
      check(method, '424, 425, 426').then(({ status }) => status),
    );
    expect(await Promise.all(statuses)).toEqual([425, 425, 426, 405]);
  });
});
