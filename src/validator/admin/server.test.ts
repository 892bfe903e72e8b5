import { describe, expect, it } from 'vitest';
import { bindingPolicy, policyUpdate } from '../../../test/support/policy.ts';
import { Misshapen } from '../../policy/shape.ts';
import { readKeyFacts } from '../../report/key-facts.ts';
import { notedCall, notedDecision } from '../../report/testing/noted.ts';
import { adminServer } from '../testing/admin.ts';

const update = policyUpdate([bindingPolicy()]);

describe('the admin address', () => {
  it('has pages', async () => {
    const { ask } = await adminServer(update);
    expect(await ask('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await ask('/readyz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await ask('/metrics')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4' },
      body: 'metric 1\n',
    });
    const shown = await ask('/policy?pretty');
    expect(shown).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(shown.body)).toEqual(update.policy);
  });
  it('sends no policy to whoever has it already', async () => {
    const { ask } = await adminServer(update);
    const { headers } = await ask('/policy');
    expect(headers.etag).toBe(`"${update.policy.version}"`);
    const again = await ask('/policy', { headers: { 'if-none-match': String(headers.etag) } });
    expect(again).toMatchObject({ status: 304, body: '', headers: { 'cache-control': 'no-store' } });
    expect(await ask('/policy', { headers: { 'if-none-match': '"another"' } })).toMatchObject({
      status: 200,
    });
  });
  it('shows the policy only so often, for a large one takes the thread from requests', async () => {
    const { ask } = await adminServer(update, { monotonic: () => 0 });
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++) statuses.push((await ask('/policy')).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 503, 503]);
  });
  it('is alive, but not ready, before there is a policy', async () => {
    const { ask } = await adminServer(undefined);
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
    expect(await ask('/readyz')).toMatchObject({ status: 503, body: 'no policy has been received yet\n' });
    expect(await ask('/policy')).toMatchObject({ status: 404 });
  });
  it.each(['/console', '/startupz', '/healthz/', '/constructor', '//policy', '/policy/%2e%2e', '/explain/'])(
    'has no page %s',
    async (path) => {
      const { ask } = await adminServer(update);
      expect(await ask(path)).toMatchObject({ status: 404 });
    },
  );
  it('tells of keys how old they are, and why they cannot be fetched', async () => {
    const { ask } = await adminServer(update, {
      keys: {
        ages: () => [
          ['shop/okta', 12.5],
          ['shop/dead', 90],
        ],
        leftOut: () => [
          ['shop/okta', 2],
          ['shop/unused', 1],
        ],
        problems: () => [
          ['shop/dead', 'nobody answers'],
          ['shop/unused', 'nobody answers'],
        ],
      },
    });
    const answer = await ask('/keys');
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(readKeyFacts(JSON.parse(answer.body)).sources).toEqual([
      { source: 'shop/okta', age: 12.5, leftOut: 2, problem: null },
      { source: 'shop/dead', age: 90, leftOut: 0, problem: 'nobody answers' },
    ]);
    expect(() => readKeyFacts({ format: 2, sources: [] })).toThrow(Misshapen);
  });
  it('says where the console is, in a validator that runs from its sources', async () => {
    const { ask } = await adminServer(update);
    for (const path of ['/', '/console.js', '/console.css', '/console.svg']) {
      expect(await ask(path)).toMatchObject({ status: 503, body: expect.stringContaining('bin/portcullis') });
    }
    expect(await ask('/', { headers: { 'sec-fetch-site': 'cross-site' } })).toMatchObject({ status: 403 });
  });
  it.each([
    ['POST', '/policy', 405],
    ['POST', '/', 405],
    ['DELETE', '/report', 405],
    ['PUT', '/decisions', 405],
    ['HEAD', '/decisions', 405],
    ['GET', '/explain', 405],
    ['OPTIONS', '/explain', 405],
    ['TRACE', '/report', 405],
    ['HEAD', '/healthz', 200],
    ['HEAD', '/policy', 405],
    ['HEAD', '/report', 405],
  ])('answers %s %s with %i', async (method, path, status) => {
    const { ask } = await adminServer(update);
    const answer = await ask(path, { method });
    expect(answer).toMatchObject({ status });
    if (method === 'HEAD') expect(answer.body).toBe('');
  });
  it('survives a page that cannot be made', async () => {
    const metrics = { contentType: 'text/plain', render: () => Promise.reject(new Error('bug')) };
    const { ask } = await adminServer(update, { metrics });
    expect(await ask('/metrics')).toMatchObject({ status: 500 });
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
  });
  it.each(['/healthz', '/report', '/policy', '/nowhere', '/decisions?x=1', '/explain'])(
    'tells browsers to be strict with %s',
    async (path) => {
      const { ask } = await adminServer(update);
      const { headers } = await ask(path);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/);
      expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );
});

describe('the report', () => {
  it('tells what is remembered, with the mode in force', async () => {
    const { ask, memory } = await adminServer(policyUpdate([bindingPolicy({}, { mode: 'Audit' })]));
    memory.note(notedCall(), notedDecision(), 'audit_denied');
    memory.note(notedCall(), notedDecision({ binding: 'shop/gone' }), 'denied');
    const answer = await ask('/report?since=1h&binding=shop/orders');
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(answer.body).bindings).toMatchObject([{ binding: 'shop/orders', mode: 'Audit' }]);
    const all = JSON.parse((await ask('/report')).body).bindings as readonly { readonly mode: unknown }[];
    expect(all.map(({ mode }) => mode)).toEqual([null, 'Audit']);
  });
  it.each([
    '?since=yesterday',
    '?since=25h',
    '?since=1h&since=2h',
    '?bindings=shop/orders',
    '?since=',
    '?__proto__=1',
  ])('refuses %s', async (query) => {
    const { ask } = await adminServer(update);
    expect(await ask(`/report${query}`)).toMatchObject({ status: 400 });
  });
});
