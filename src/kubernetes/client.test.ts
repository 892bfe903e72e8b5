import { describe, expect, it } from 'vitest';
import { fakeClock, settle } from '../base/testing/clock.ts';
import { createClient } from './client.ts';
import { CONFIG_MAPS, configMap, draft, SECRETS } from './testing/objects.ts';
import { kindOf } from './testing/outcomes.ts';
import { type FakeAnswer, fakeTransport, silence } from './testing/transport.ts';
import type { HttpRequest } from './transport.ts';
import type { WatchEvent } from './watch.ts';

const NAME = { namespace: 'shop', name: 'a' };
const OBJECT = configMap('a', '5');

function clientFor(answer: (request: HttpRequest) => FakeAnswer | Promise<FakeAnswer>) {
  const clock = fakeClock();
  const transport = fakeTransport(answer);
  const client = createClient({ transport, clock, fieldManager: 'portcullis', userAgent: 'portcullis/1' });
  return { client, clock, requests: transport.requests };
}

describe('requests', () => {
  const { client, requests } = clientFor(() => ({ body: OBJECT }));
  const last = () => {
    const request = requests.at(-1);
    if (request === undefined) throw new Error('nothing was asked');
    const [path, query = ''] = request.path.split('?');
    const type = request.headers['content-type'];
    return {
      method: request.method,
      path,
      query: Object.fromEntries(new URLSearchParams(query)),
      ...(type !== undefined && { type }),
      ...(request.body !== undefined && { body: JSON.parse(request.body) }),
    };
  };

  it('get', async () => {
    expect(await client.get(CONFIG_MAPS, NAME)).toEqual({ kind: 'ok', value: OBJECT });
    expect(last()).toEqual({ method: 'GET', path: '/api/v1/namespaces/shop/configmaps/a', query: {} });
    expect(requests.at(-1)?.headers).toEqual({ accept: 'application/json', 'user-agent': 'portcullis/1' });
  });

  it('read, of keys too, which come as a type of their own', async () => {
    await client.read('/openid/v1/jwks');
    expect(last()).toEqual({ method: 'GET', path: '/openid/v1/jwks', query: {} });
    const accept = 'application/json, application/jwk-set+json';
    expect(requests.at(-1)?.headers).toEqual({ accept, 'user-agent': 'portcullis/1' });
  });

  it('list, where a page must not name the version that its token holds', async () => {
    const query = { labelSelector: 'a=b', fieldSelector: 'metadata.name=x', limit: 2 };
    await client.list(CONFIG_MAPS, { ...query, resourceVersion: '7' });
    expect(last()).toEqual({
      method: 'GET',
      path: '/api/v1/configmaps',
      query: { ...query, limit: '2', resourceVersion: '7', resourceVersionMatch: 'NotOlderThan' },
    });
    await client.list(CONFIG_MAPS, { namespace: 'shop', resourceVersion: '7', continue: 'next' });
    expect(last()).toMatchObject({
      path: '/api/v1/namespaces/shop/configmaps',
      query: { continue: 'next' },
    });
  });

  it('writes, under one field manager, with apiVersion and kind', async () => {
    const typed = { ...draft('a', 'x', 'shop'), apiVersion: 'v1', kind: 'ConfigMap' };
    const query = { fieldManager: 'portcullis' };
    const path = '/api/v1/namespaces/shop/configmaps';
    await client.create(CONFIG_MAPS, draft('a', 'x', 'shop'));
    expect(last()).toEqual({ method: 'POST', path, query, type: 'application/json', body: typed });
    await client.replace(CONFIG_MAPS, draft('a', 'x', 'shop'));
    expect(last()).toEqual({
      method: 'PUT',
      path: `${path}/a`,
      query,
      type: 'application/json',
      body: typed,
    });
    await client.apply(CONFIG_MAPS, draft('a', 'x', 'shop'), { subresource: 'status' });
    expect(last()).toEqual({
      method: 'PATCH',
      path: `${path}/a/status`,
      query: { ...query, force: 'true' },
      type: 'application/apply-patch+yaml',
      body: typed,
    });
    await client.patch(CONFIG_MAPS, NAME, { type: 'merge', patch: { data: null } });
    expect(last()).toMatchObject({ type: 'application/merge-patch+json', body: { data: null } });
    await client.patch(CONFIG_MAPS, NAME, { type: 'json', patch: [{ op: 'remove', path: '/data' }] });
    expect(last()).toMatchObject({ type: 'application/json-patch+json', query });
  });

  it('delete, only what was meant', async () => {
    const options = { uid: 'u', resourceVersion: '5', propagation: 'Background' } as const;
    expect(await client.delete(CONFIG_MAPS, NAME, options)).toEqual({ kind: 'ok', value: undefined });
    expect(last()).toMatchObject({
      method: 'DELETE',
      body: { preconditions: { uid: 'u', resourceVersion: '5' }, propagationPolicy: 'Background' },
    });
  });
});

describe('answers', () => {
  it('that are none of an API server', async () => {
    for (const body of ['<html>', '[]', '{}', { metadata: { name: 'a' } }]) {
      const { client } = clientFor(() => ({ body }));
      expect(kindOf(await client.get(CONFIG_MAPS, NAME))).toBe('Unexpected');
      expect(kindOf(await client.list(CONFIG_MAPS, {}))).toBe('Unexpected');
    }
  });

  it('a page, and an empty one', async () => {
    const metadata = { resourceVersion: '9', continue: 'next' };
    const { client } = clientFor(() => ({ body: { metadata, items: [OBJECT] } }));
    const value = { items: [OBJECT], resourceVersion: '9', continue: 'next' };
    expect(await client.list(CONFIG_MAPS, {})).toEqual({ kind: 'ok', value });
    const { client: other } = clientFor(() => ({
      body: { metadata: { resourceVersion: '9' }, items: null },
    }));
    expect(await other.list(CONFIG_MAPS, {})).toMatchObject({ value: { items: [], continue: undefined } });
  });

  it('name what was asked, and never a secret', async () => {
    const body = { message: 'bad value "hunter2"', reason: 'Invalid' };
    const { client } = clientFor(() => ({ status: 422, body }));
    expect(await client.get(CONFIG_MAPS, NAME)).toMatchObject({
      error: { kind: 'Invalid', message: 'get configmaps shop/a: 422 bad value "hunter2"' },
    });
    expect(await client.get(SECRETS, NAME)).toMatchObject({
      error: { message: 'get secrets shop/a: 422 the API server refuses the content' },
    });
  });
});

describe('time', () => {
  it('is up after 30 s, or what the caller says', async () => {
    const { client, clock } = clientFor(silence);
    const usual = client.get(CONFIG_MAPS, NAME);
    const hasty = client.get(CONFIG_MAPS, NAME, { timeoutMilliseconds: 100 });
    await clock.advance(100);
    expect(kindOf(await hasty)).toBe('Timeout');
    await clock.advance(29_900);
    expect(await usual).toMatchObject({
      error: { kind: 'Timeout', message: 'get configmaps shop/a: no whole answer within 30 s' },
    });
    expect(clock.due()).toEqual([]);
  });

  it('counts for the body too', async () => {
    const { client, clock } = clientFor(({ signal }) => ({
      body: (async function* () {
        yield Buffer.from('{');
        await silence({ signal });
      })(),
    }));
    const answer = client.get(CONFIG_MAPS, NAME);
    await clock.advance(30_000);
    expect(kindOf(await answer)).toBe('Timeout');
  });

  it('ends early for a caller who does not want it any more', async () => {
    const { client, clock, requests } = clientFor(silence);
    const abort = new AbortController();
    const answer = client.get(CONFIG_MAPS, NAME, { signal: abort.signal });
    await settle();
    abort.abort();
    expect(kindOf(await answer)).toBe('Aborted');
    expect(kindOf(await client.get(CONFIG_MAPS, NAME, { signal: abort.signal }))).toBe('Aborted');
    expect([requests.length, clock.due()]).toEqual([1, []]);
  });

  it('leaves no timer after a broken connection', async () => {
    const { client, clock } = clientFor(() => {
      throw Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    });
    expect(kindOf(await client.get(CONFIG_MAPS, NAME))).toBe('Unreachable');
    expect(clock.due()).toEqual([]);
  });
});

describe('a watch', () => {
  const query = { resourceVersion: '5', timeoutSeconds: 300 };
  const read = async (...answers: readonly string[]) => {
    const { client, requests } = clientFor(() => ({ body: answers.join('\n') }));
    const opened = await client.watch(CONFIG_MAPS, query, new AbortController().signal);
    const events: WatchEvent[] = [];
    if (opened.kind === 'ok') for await (const event of opened.value) events.push(event);
    return { events, path: requests[0]?.path };
  };
  const line = (type: string, object: unknown) => JSON.stringify({ type, object });

  it('gives events and bookmarks, and ends with the stream', async () => {
    const bookmark = { kind: 'ConfigMap', metadata: { resourceVersion: '9' } };
    const { events, path } = await read(
      line('ADDED', OBJECT),
      line('MODIFIED', OBJECT),
      line('DELETED', OBJECT),
      line('BOOKMARK', bookmark),
      '',
    );
    expect(events).toEqual([
      { kind: 'added', object: OBJECT },
      { kind: 'modified', object: OBJECT },
      { kind: 'deleted', object: OBJECT },
      { kind: 'bookmark', resourceVersion: '9' },
    ]);
    expect(path).toBe(
      '/api/v1/configmaps?watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=300',
    );
  });

  it('ends with an error event', async () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
    const { events } = await read(line('ERROR', status), line('ADDED', OBJECT), '');
    expect(events).toMatchObject([{ kind: 'error', error: { kind: 'Gone' } }]);
  });

  it.each([['not JSON'], [line('RENAMED', OBJECT)], [line('ADDED', { metadata: {} })]])(
    'ends with what it cannot read: %s',
    async (text) => {
      const { events } = await read(text, line('ADDED', OBJECT), '');
      expect(events).toMatchObject([{ kind: 'error', error: { kind: 'Unexpected' } }]);
    },
  );

  it('ends with a connection that breaks', async () => {
    const { client } = clientFor(() => ({
      body: (async function* () {
        yield Buffer.from(`${line('ADDED', OBJECT)}\n`);
        throw Object.assign(new Error('x'), { code: 'ECONNRESET' });
      })(),
    }));
    const opened = await client.watch(CONFIG_MAPS, query, new AbortController().signal);
    const kinds: string[] = [];
    if (opened.kind === 'ok') for await (const { kind } of opened.value) kinds.push(kind);
    expect(kinds).toEqual(['added', 'error']);
  });

  it('is refused like any call', async () => {
    const { client } = clientFor(() => ({ status: 403, body: { message: 'no' } }));
    const { signal } = new AbortController();
    expect(kindOf(await client.watch(CONFIG_MAPS, query, signal))).toBe('Forbidden');
  });
});
