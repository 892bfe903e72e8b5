import { describe, expect, it } from 'vitest';
import { bindingPolicy, policyUpdate } from '../../../test/support/policy.ts';
import { adminServer } from '../testing/admin.ts';
import { refusedVisitor } from './visitors.ts';

const SELF = { host: '127.0.0.1:9003' };

describe('by its Host', () => {
  it.each(['localhost', 'LOCALHOST:15903', '127.0.0.1:9003', '127.8.9.10', '[::1]', '[::1]:9003'])(
    '%s may ask',
    (host) => {
      expect(refusedVisitor({ host }, false)).toBeUndefined();
    },
  );
  it.each([
    '',
    'evil.example',
    'evil.example:9003',
    'localhost.evil.example',
    'localhost.',
    '127.0.0.1.evil.example',
    '127.0.0.1.',
    '127.1',
    '0.0.0.0:9003',
    '10.0.0.7',
    '[::]',
    '[::ffff:10.0.0.7]',
    '[::1]x',
    'localhost:9003:1',
    'localhost:',
    'user@localhost',
    'localhost, evil.example',
    'localhost evil.example',
    'xn--localhost-9db',
    'localhost:999999',
  ])('%s may not', (host) => {
    expect(refusedVisitor({ host }, false)).toMatch(/this machine alone/);
  });
  it('what names no host may not', () => {
    expect(refusedVisitor({}, false)).toMatch(/this machine alone/);
  });
  it('whoever opens a Unix socket may', () => {
    expect(refusedVisitor({ host: 'admin' }, true)).toBeUndefined();
  });
});

describe('by who made the request', () => {
  it.each([
    [{}],
    [{ origin: 'http://127.0.0.1:9003' }],
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:9003' }],
    [{ 'sec-fetch-site': 'none' }],
  ])('%j may ask', (headers) => {
    expect(refusedVisitor({ ...SELF, ...headers }, false)).toBeUndefined();
  });
  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: '' }],
    [{ origin: 'http://127.0.0.1' }],
    [{ origin: 'http://127.0.0.1:9004' }],
    [{ origin: 'http://localhost:9003' }],
    [{ origin: 'https://127.0.0.1:9003' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'same-origin, cross-site' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'http://127.0.0.1:9003' }],
  ])('%j may not', (headers) => {
    expect(refusedVisitor({ ...SELF, ...headers }, false)).toMatch(/other origins/);
    expect(refusedVisitor({ ...SELF, ...headers }, true)).toMatch(/other origins/);
  });
});

it.each(['/', '/healthz', '/metrics', '/policy', '/report', '/decisions', '/explain', '/nowhere'])(
  'a refused visitor gets 403 at %s, and nothing else',
  async (path) => {
    const { ask, port } = await adminServer(policyUpdate([bindingPolicy()]));
    const method = path === '/explain' ? 'POST' : 'GET';
    const rebound = await ask(path, { method, headers: { host: `rebound.example:${port}` } });
    expect(rebound).toMatchObject({ status: 403, body: expect.stringMatching(/^this address is .*\n$/) });
    const crossing = await ask(path, { method, headers: { origin: 'https://evil.example' } });
    expect(crossing).toMatchObject({ status: 403, body: expect.stringMatching(/^pages of other .*\n$/) });
    expect(crossing.headers['access-control-allow-origin']).toBeUndefined();
  },
);
