import { describe, expect, it } from 'vitest';
import { failed, ok } from '../../kubernetes/errors.ts';
import type { PodHttp } from '../../kubernetes/pod-http.ts';
import { clusterExplain } from './cluster-explain.ts';

const EXPLANATION = {
  ...{ outcome: 'denied', reason: 'token_missing', status: 401, detail: null, binding: 'shop/orders' },
  ...{ rule: null, source: null, user: null, steps: [{ step: 'answer', finding: 'denied' }] },
};
const BODY = '{"method":"GET","url":"https://orders.example/","token":"eyJsecret"}';

async function* bytes(text: string) {
  yield Buffer.from(text);
}
const answering =
  (text: string, status = 200): PodHttp =>
  async () =>
    ok({ status, headers: {}, body: bytes(text) });

async function explain(pods: Readonly<Record<string, PodHttp>>, query = 'binding=shop/orders') {
  const asked: unknown[] = [];
  const page = await clusterExplain(
    BODY,
    query,
    async (binding) => (binding === 'shop/orders' ? Object.keys(pods) : []),
    ({ namespace, name }) =>
      async (request) => {
        asked.push([name, request.method, request.path, request.body]);
        return (await pods[`${namespace}/${name}`]?.(request)) ?? failed('NotFound', 'gone');
      },
  );
  return { ...page, asked };
}

describe('a question', () => {
  it('goes to one validator of the binding, as it is', async () => {
    const { status, body, asked } = await explain({
      'shop/a': answering(JSON.stringify({ ...EXPLANATION, extra: 1 })),
      'shop/b': answering('{}'),
    });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ ...EXPLANATION, validator: 'shop/a' });
    expect(asked).toEqual([['a', 'POST', '/explain', BODY]]);
  });
  it('goes to the next one where it is not answered, and not to a fourth', async () => {
    const away: PodHttp = async () => failed('Unreachable', 'gone');
    const good = answering(JSON.stringify(EXPLANATION));
    const { body } = await explain({ 'shop/a': away, 'shop/b': good });
    expect(JSON.parse(body)).toMatchObject({ validator: 'shop/b' });
    const { status, asked } = await explain({
      'shop/a': away,
      'shop/b': away,
      'shop/c': away,
      'shop/d': good,
    });
    expect([status, asked.length]).toEqual([502, 3]);
  });
  it('that a validator refuses goes to no other, and says why', async () => {
    const { status, body, asked } = await explain({
      'shop/a': answering('url names no host\n', 400),
      'shop/b': answering(JSON.stringify(EXPLANATION)),
    });
    expect({ status, body }).toEqual({
      status: 502,
      body: 'validator shop/a: it answers 400 at /explain: url names no host\n',
    });
    expect(asked).toHaveLength(1);
  });
  it.each([
    ['no binding', '', 400],
    ['two bindings', 'binding=a/b&binding=c/d', 400],
    ['something else', 'binding=shop/orders&pod=x', 400],
    ['a binding without validators', 'binding=shop/none', 404],
  ])('with %s is refused, and asks nobody', async (_, query, status) => {
    const answer = await explain({ 'shop/a': answering('{}') }, query);
    expect([answer.status, answer.asked]).toEqual([status, []]);
    expect(answer.body).not.toContain('eyJsecret');
  });
});

describe('a validator that lies', () => {
  it.each([
    ['nothing of the kind', '{"outcome":"allowed"}'],
    ['HTML', '<script>alert(1)</script>'],
    ['an outcome that there is not', JSON.stringify({ ...EXPLANATION, outcome: '<b>' })],
    ['too much', `${' '.repeat(2 * 1024 * 1024)}{}`],
  ])('by %s is not shown', async (_, text) => {
    const { status, type, body } = await explain({ 'shop/a': answering(text) });
    expect(status).toBe(502);
    expect(type).toBe('text/plain; charset=utf-8');
    expect(body).not.toMatch(/<(script|b)>/);
  });
  it('with marks for a terminal is told harmlessly', async () => {
    const steps = [{ step: 'x', finding: '\u001b[2J\u202e' }];
    const { body } = await explain({ 'shop/a': answering(JSON.stringify({ ...EXPLANATION, steps })) });
    expect(body).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
  });
});
