import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { bindingPolicy, policyUpdate } from '../../../test/support/policy.ts';
import { systemClock } from '../../base/clock.ts';
import { failed } from '../../kubernetes/errors.ts';
import type { PodHttp } from '../../kubernetes/pod-http.ts';
import { notedCall, notedDecision } from '../../report/testing/noted.ts';
import { adminServer } from '../../validator/testing/admin.ts';
import { listening } from '../../validator/testing/probing.ts';
import { adminHttp } from '../admin/ask.ts';
import { createConsoleServer } from './server.ts';
import { toldOf } from './told.ts';

const TOLD = { format: 1, place: 'namespace shop', missing: ['cannot list services: forbidden'] };

/** A console over real validators, each under the name of a pod. */
async function consoleOver(names: readonly string[], more: Readonly<Record<string, PodHttp>> = {}) {
  const validators = await Promise.all(names.map(() => adminServer(policyUpdate([bindingPolicy()]))));
  const pods = new Map<string, PodHttp>([
    ...names.map((name, i) => [name, adminHttp(new URL(`http://127.0.0.1:${validators[i]?.port}`))] as const),
    ...Object.entries(more),
  ]);
  const asked: string[] = [];
  let looks = 0;
  const { server, end } = createConsoleServer({
    namespace: 'shop',
    look: async () => {
      looks += 1;
      return { told: toldOf(TOLD), validatorsOf: () => [...pods.keys()], sourcesAt: () => new Set() };
    },
    find: async () => ({ pods: [...pods.keys()], ofGateways: new Map(), bindings: new Set(), unread: [] }),
    ask:
      ({ namespace, name }) =>
      (asking) => {
        asked.push(`${name} ${asking.path}`);
        return pods.get(`${namespace}/${name}`)?.(asking) ?? Promise.resolve(failed('NotFound', 'gone'));
      },
    clock: systemClock,
  });
  const port = await listening(server);
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET', body?: string) =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
      (resolve, reject) => {
        const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
          let text = '';
          response.on('data', (part: Buffer) => {
            text += part.toString('utf8');
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          );
        });
        sent.on('error', reject);
        sent.end(body);
      },
    );
  return { ask, end, port, validators, asked, looks: () => looks };
}

describe('the console of a cluster', () => {
  it('adds up what all validators tell, and names the one that does not', async () => {
    const world = await consoleOver(['shop/a', 'shop/b'], {
      'shop/c': async () => failed('Unreachable', 'it is gone'),
    });
    for (const { memory } of world.validators) memory.note(notedCall(), notedDecision(), 'denied');
    const { status, body } = await world.ask('/report?since=1h');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      validators: 2,
      bindings: [{ binding: 'shop/orders', counts: [{ outcome: 'denied', count: 2 }] }],
      missing: ['validator shop/c was not asked: it is gone'],
    });
  });

  it('asks validators and cluster once for however many pages', async () => {
    const { ask, asked, looks } = await consoleOver(['shop/a']);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        ask(['/report', '/report?since=1h', '/cluster', '/keys'][i % 4] ?? ''),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(asked.toSorted()).toEqual(['a /keys', 'a /report?since=1h', 'a /report?since=24h']);
    expect(looks()).toBe(1);
    const { headers } = await ask('/cluster');
    expect(await ask('/cluster', { 'if-none-match': String(headers.etag) })).toMatchObject({
      status: 304,
      body: '',
    });
  });

  it('shows the rest where nobody may be asked', async () => {
    const forbidden: PodHttp = async () => failed('Forbidden', 'pods "x" is forbidden');
    const { ask, asked } = await consoleOver([], { 'shop/a': forbidden, 'shop/b': forbidden });
    const { body } = await ask('/report');
    expect(JSON.parse(body)).toMatchObject({
      validators: 0,
      bindings: [],
      missing: [
        'validators shop/a, shop/b were not asked: you have no right to port-forward in namespace shop: ask for create and get of pods/portforward',
      ],
    });
    expect(asked.length).toBeLessThanOrEqual(2);
    expect(JSON.parse((await ask('/cluster')).body)).toEqual(TOLD);
  });

  it('has a question explained by one validator', async () => {
    const { ask } = await consoleOver(['shop/a']);
    const body = JSON.stringify({ method: 'GET', url: 'https://orders.example/', token: 'eyJ.secret.x' });
    const type = { 'content-type': 'application/json' };
    const answer = await ask('/explain?binding=shop/orders', type, 'POST', body);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ outcome: 'denied', validator: 'shop/a' });
    expect(answer.body).not.toContain('secret');
    expect(
      (await ask('/explain?binding=shop/orders', { 'content-type': 'text/plain' }, 'POST', body)).status,
    ).toBe(415);
  });

  it('says which right is missing where nobody may be asked for an explanation', async () => {
    const forbidden: PodHttp = async () => failed('Forbidden', 'pods "x" is forbidden');
    const { ask, asked } = await consoleOver([], { 'shop/a': forbidden, 'shop/b': forbidden });
    const type = { 'content-type': 'application/json' };
    const answer = await ask('/explain?binding=shop/orders', type, 'POST', '{}');
    expect([answer.status, answer.body]).toEqual([
      502,
      expect.stringContaining('ask for create and get of pods/portforward'),
    ]);
    expect(asked).toEqual(['a /explain']);
  });

  it('ends the streams of decisions', async () => {
    const { port, end, validators } = await consoleOver(['shop/a']);
    const response = await fetch(`http://127.0.0.1:${port}/decisions`);
    let text = '';
    const read = async (): Promise<void> => {
      for await (const part of response.body ?? []) text += Buffer.from(part).toString('utf8');
    };
    const over = read();
    await expect
      .poll(() => {
        // Until the validator is followed, nobody hears it.
        validators[0]?.live.tell(notedCall({ pathAndQuery: '/seen' }), notedDecision(), 'denied', 0);
        return text;
      })
      .toContain('/seen');
    end();
    await over;
  });
});

describe('a page of the web gets nothing', () => {
  it.each([
    [{ host: 'rebound.example' }],
    [{ host: '127.0.0.1.evil.example' }],
    [{ host: '10.0.0.7:9410' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
  ])('by %j', async (headers) => {
    const { ask, asked, looks } = await consoleOver(['shop/a']);
    for (const path of ['/', '/console.js', '/cluster', '/report', '/keys', '/decisions', '/nowhere'])
      expect((await ask(path, headers)).status).toBe(403);
    expect(
      (await ask('/explain?binding=a/b', { ...headers, 'content-type': 'application/json' }, 'POST', '{}'))
        .status,
    ).toBe(403);
    expect([asked, looks()]).toEqual([[], 0]);
  });

  it.each(['/', '/cluster', '/report', '/explain', '/nowhere'])(
    '%s tells browsers to be strict',
    async (path) => {
      const { ask } = await consoleOver([]);
      const { headers } = await ask(path);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/);
      expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'cache-control': 'no-store' });
    },
  );

  it.each([
    ['POST', '/cluster'],
    ['PUT', '/report'],
    ['DELETE', '/decisions'],
    ['PATCH', '/'],
    ['GET', '/explain'],
    ['OPTIONS', '/explain'],
  ])('%s %s changes nothing', async (method, path) => {
    const { ask, asked } = await consoleOver(['shop/a']);
    expect((await ask(path, {}, method)).status).toBe(405);
    expect(asked).toEqual([]);
  });
});
