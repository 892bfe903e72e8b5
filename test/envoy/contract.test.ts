// Every reason of the contract through a real Envoy, which asks over HTTP and over gRPC.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { REASONS } from '../../src/decision/reasons.ts';
import { CHECK_PREFIX } from '../../src/sidecar/check-forms.ts';
import { NOW } from '../support/verification.ts';
import { asking, contractCases, MANIFESTS, withToken } from './contract-cases.ts';
import { type Guarded, type Protocol, type Received, send, startGuarded } from './guarded.ts';
import { MCP_REFUSED } from './mcp-cases.ts';

const PROTOCOLS: readonly Protocol[] = ['http', 'grpc'];

const { bearer, refused: REFUSED } = contractCases(NOW);

let guarded: Guarded;
let whole: Guarded['parts'];

beforeAll(async () => {
  guarded = await startGuarded(MANIFESTS);
  whole = guarded.parts;
});
afterAll(() => guarded.stop());
afterEach(() => {
  guarded.parts = whole;
});

const problem = ({ body }: Received) =>
  JSON.parse(body) as { readonly reason: string; readonly status: number };

/** What a client sees, whichever way Envoy asks. */
function expectRefusal(answer: Received, reason: string, status: number): void {
  expect(problem(answer)).toMatchObject({ reason, status });
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['retry-after'] !== undefined).toBe(status === 503);
  expect(answer.headers['www-authenticate'] !== undefined).toBe(
    REASONS[reason as keyof typeof REASONS].challenge !== 'none',
  );
  expect(
    Object.keys(answer.headers).filter((name) => /^(portcullis-|x-envoy-|x-portcullis-)/.test(name)),
  ).toEqual([]);
}

describe.each(PROTOCOLS)('over %s', (protocol) => {
  it.each(REFUSED)('%s answers %i: %#', async (reason, status, sent) => {
    expectRefusal(await send(guarded.ports[protocol], sent), reason, status);
  });

  it('policy_missing', async () => {
    guarded.parts = { ...whole, enforcer: () => undefined };
    expectRefusal(await send(guarded.ports[protocol], asking('/healthz')), 'policy_missing', 503);
  });

  it('internal_error', async () => {
    guarded.parts = {
      ...whole,
      enforcer: () => {
        throw new Error('a bug');
      },
    };
    expectRefusal(await send(guarded.ports[protocol], asking('/healthz')), 'internal_error', 503);
  });

  it('lets a cookie open a WebSocket from an allowed origin', async () => {
    const answer = await send(
      guarded.ports[protocol],
      asking(
        '/',
        ['cookie', `session=${bearer()}`],
        ['connection', 'Upgrade'],
        ['upgrade', 'websocket'],
        ['origin', 'https://shop.example'],
      ),
    );
    expect(answer.status).toBe(200);
  });

  it.each([
    ['a good token', withToken(bearer()), 'joe'],
    ['a token in the query', asking(`/?access_token=${bearer()}`), 'joe'],
    ['a token in a cookie', asking('/', ['cookie', `a=b; session=${bearer()}`]), 'joe'],
    ['a role', withToken(bearer({ groups: ['admin'] }), '/admin/x'), 'joe'],
    [
      'a login that suffices',
      withToken(bearer({ scope: 'pay', acr: 'phr', auth_time: NOW - 900 }), '/pay'),
      'joe',
    ],
    ['one of its own paths', withToken(bearer(), '/mine/joe/x'), 'joe'],
    ['nobody at a route without authentication', asking('/healthz'), undefined],
    ['nobody at a route where it is optional', asking('/maybe'), undefined],
  ] as const)('lets %s pass, and names the user', async (_, sent, user) => {
    const forged = ['x-auth-user', 'x-auth-roles', 'x-auth-scopes', 'x-auth-source'].map(
      (name) => [name, 'mallory'] as const,
    );
    const answer = await send(guarded.ports[protocol], {
      ...sent,
      headers: [...(sent.headers ?? []), ...forged],
    });
    expect(answer.status).toBe(200);
    const { headers } = JSON.parse(answer.body) as { readonly headers: Readonly<Record<string, string>> };
    expect(headers['x-auth-user']).toBe(user);
    expect(JSON.stringify(headers)).not.toContain('mallory');
    expect(Object.keys(headers).filter((name) => /^(portcullis-|x-portcullis-)/.test(name))).toEqual([]);
  });

  it('a preflight passes, and one that is none does not', async () => {
    const preflight = asking('/', ['origin', 'https://x.example'], ['access-control-request-method', 'PUT']);
    expect((await send(guarded.ports[protocol], { ...preflight, method: 'OPTIONS' })).status).toBe(200);
    expect((await send(guarded.ports[protocol], preflight)).status).toBe(401);
  });

  it('a denial can be read by the pages that may', async () => {
    const answer = await send(guarded.ports[protocol], asking('/', ['origin', 'https://shop.example']));
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      vary: 'Origin',
      'www-authenticate':
        'Bearer realm="shop/orders", resource_metadata="https://orders.example/.well-known/oauth-protected-resource"',
    });
  });

  it('a login that does not suffice is asked for, with the scopes of the rule', async () => {
    const answer = await send(guarded.ports[protocol], withToken(bearer({ acr: 'pwd' }), '/pay'));
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="shop/orders", error="insufficient_user_authentication", error_description="This request needs a stronger login. The token does not say when (auth_time) its user logged in.", scope="pay", acr_values="phr phrh", max_age="900", resource_metadata="https://orders.example/.well-known/oauth-protected-resource"',
    );
  });

  it.each([
    ['no token', asking('/files'), 401, 'scope="files:read"'],
    ['no good one', withToken('rubbish', '/files'), 401, 'scope="files:read"'],
    ['too few scopes', withToken(bearer({ scope: 'files:delete' }), '/files'), 403, 'scope="files:read"'],
    [
      'too few for this very call',
      { ...withToken(bearer({ scope: 'files:read' }), '/files'), method: 'DELETE' },
      403,
      'scope="files:read files:delete"',
    ],
  ] as const)(
    'with %s the challenge names the scopes that the call needs',
    async (_, sent, status, scope) => {
      const answer = await send(guarded.ports[protocol], sent);
      expect([answer.status, /scope="[^"]*"/.exec(String(answer.headers['www-authenticate']))?.[0]]).toEqual([
        status,
        scope,
      ]);
    },
  );

  it('the access log hears of decision, rule and user', async () => {
    await send(guarded.ports[protocol], withToken(bearer(), '/admin'));
    const lines = () =>
      guarded.logs[protocol]()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as object);
    await expect.poll(lines, { timeout: 10_000 }).toContainEqual(
      expect.objectContaining({
        outcome: 'denied',
        reason: 'role_mismatch',
        binding: 'shop/orders',
        rule: 'admin',
        source: 'shop/okta',
        user: 'joe',
      }),
    );
  });

  it.each([
    ['token_missing', 16, asking('/')],
    ['authentication_insufficient', 16, withToken(bearer(), '/pay')],
    ['role_mismatch', 7, withToken(bearer(), '/admin')],
    ['host_unbound', 7, { headers: [['host', 'nobody.example']] as const }],
    ['path_ambiguous', 3, asking('/maybe/..%2finternal')],
    ['policy_missing', 14, asking('/')],
  ] as const)('a gRPC caller sees %s as grpc-status %i', async (reason, expected, sent) => {
    if (reason === 'policy_missing') guarded.parts = { ...whole, enforcer: () => undefined };
    const headers = [...(sent.headers ?? []), ['content-type', 'application/grpc'] as const];
    const answer = await send(guarded.ports[protocol], { ...sent, headers, method: 'POST' });
    expect(answer.headers['grpc-status']).toBe(String(expected));
  });
});

describe('at the own address of the validator', () => {
  it.each(REFUSED)('%s answers %i: %#', async (reason, status, sent) => {
    const answer = await send(guarded.socket, { ...sent, target: CHECK_PREFIX + (sent.target ?? '/') });
    expect(problem(answer)).toMatchObject({ reason, status });
    expect(answer.headers).toMatchObject({ 'portcullis-outcome': 'denied', 'portcullis-reason': reason });
  });
});

it('no reason is left out', () => {
  // The last is for proxies of other kinds: resource.test.ts.
  const others = ['policy_missing', 'internal_error', 'metadata_undeliverable'];
  const tried = new Set([...[...REFUSED, ...MCP_REFUSED].map(([reason]) => reason), ...others]);
  expect([...tried].sort()).toEqual(Object.keys(REASONS).sort());
});
