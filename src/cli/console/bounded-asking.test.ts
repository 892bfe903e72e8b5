import { expect, it } from 'vitest';
import { failed, ok } from '../../kubernetes/errors.ts';
import type { PodHttp } from '../../kubernetes/pod-http.ts';
import { readAnswer } from '../admin/read-answer.ts';
import { boundedAsking } from './bounded-asking.ts';

const GET = { method: 'GET', path: '/report' } as const;
const pod = (name: string, namespace = 'shop') => ({ namespace, name });

it('asks in a namespace where one may not only once, and goes on elsewhere', async () => {
  const asked: string[] = [];
  const ask = boundedAsking(({ namespace, name }) => async () => {
    asked.push(name);
    if (namespace === 'shop') return failed('Forbidden', `pods "${name}" is forbidden: User "joe" cannot`);
    return ok({ status: 200, headers: {}, body: new ReadableStream() });
  });
  const refusals = [await ask(pod('a'))(GET), await ask(pod('b'))(GET)];
  expect(refusals[0]).toEqual(refusals[1]);
  expect(refusals[0]).toMatchObject({
    error: { kind: 'Forbidden', message: expect.stringContaining('port-forward in namespace shop') },
  });
  expect(await ask(pod('c', 'other'))(GET)).toMatchObject({ kind: 'ok' });
  expect(asked).toEqual(['a', 'c']);
});

it('says of an answer that does not end in time that it does not', async () => {
  const over = new AbortController();
  const dripping: PodHttp = async ({ signal }) =>
    ok({
      status: 200,
      headers: {},
      body: new ReadableStream<Uint8Array>({
        start: (controller) =>
          signal?.addEventListener('abort', () => controller.error(new Error('aborted'))),
      }),
    });
  const answer = readAnswer(boundedAsking(() => dripping, over.signal)(pod('a')), GET);
  // Once it reads.
  await new Promise(setImmediate);
  over.abort();
  expect(await answer).toMatchObject({
    error: { message: expect.stringMatching(/^no whole answer within 15 s/) },
  });
});

it('ends what is asked, and asks no more, when the time is over', async () => {
  const over = new AbortController();
  const hanging: PodHttp = ({ signal }) =>
    new Promise((resolve) =>
      signal?.addEventListener('abort', () => resolve(failed('Aborted', 'no longer wanted'))),
    );
  const asked: string[] = [];
  const ask = boundedAsking(({ name }) => {
    asked.push(name);
    return hanging;
  }, over.signal);
  const first = ask(pod('a'))(GET);
  over.abort();
  expect(await first).toMatchObject({ error: { kind: 'Timeout' } });
  expect(await ask(pod('b'))(GET)).toMatchObject({ error: { kind: 'Timeout' } });
  expect(asked).toEqual(['a']);
});
