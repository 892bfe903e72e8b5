import { expect, it } from 'vitest';
import { fakeClock } from '../../base/testing/clock.ts';
import { own, review } from '../testing/admission.ts';
import { type AdmissionDecision, ALLOWED } from './decision.ts';
import { inTurn } from './namespace-turns.ts';
import { parseReview } from './review.ts';

const BOUNDS = { running: 3, runningOfNamespace: 2, waiting: 6, waitingOfNamespace: 4 };

function world() {
  const clock = fakeClock();
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const judge = inTurn(BOUNDS, clock, ({ namespace }) => {
    begun.push(namespace);
    const { promise, resolve } = Promise.withResolvers<AdmissionDecision>();
    ends.push(() => resolve(ALLOWED));
    return promise;
  });
  const ask = (namespace: string) => {
    const object = own('ApiBinding', `${namespace}/b`, {});
    const parsed = parseReview(review({ kind: 'ApiBinding', operation: 'CREATE', object }));
    if (parsed.kind === 'malformed') throw new Error(parsed.problem);
    return judge({ ...parsed.request, namespace });
  };
  return { clock, begun, ends, ask };
}

it('lets namespaces take turns, and no more begin than may run', async () => {
  const { clock, begun, ends, ask } = world();
  const asked = ['a', 'a', 'a', 'a', 'b'].map(ask);
  await clock.advance(0);
  expect(begun).toEqual(['a', 'b', 'a']);
  for (let i = 0; i < 5; i++) {
    ends[i]?.();
    await clock.advance(0);
  }
  expect(begun).toEqual(['a', 'b', 'a', 'a', 'a']);
  expect(await Promise.all(asked)).toEqual(asked.map(() => ALLOWED));
});

it('refuses what would have to wait behind too many, of the namespace or of all', async () => {
  const { clock, begun, ends, ask } = world();
  const first = ['a', 'a', 'a', 'a'].map(ask);
  expect(await ask('a')).toMatchObject({ code: 429, message: expect.stringContaining('of namespace a') });
  const second = ['b', 'b'].map(ask);
  expect(await ask('c')).toMatchObject({ code: 429, message: expect.stringContaining('try again') });
  for (let i = 0; i < 6; i++) {
    await clock.advance(0);
    for (const end of ends) end();
  }
  await Promise.all([...first, ...second]);
  expect(begun).toHaveLength(6);
  const later = ask('a');
  await clock.advance(0);
  ends.at(-1)?.();
  expect(await later).toEqual(ALLOWED);
});

it('goes on after one that throws', async () => {
  const clock = fakeClock();
  const bounds = { running: 1, runningOfNamespace: 1, waiting: 9, waitingOfNamespace: 9 };
  const judge = inTurn(bounds, clock, () => Promise.reject(new Error('x')));
  const request = { namespace: 'a' } as Parameters<typeof judge>[0];
  const asked = [judge(request), judge(request)].map((one) => one.catch((error: Error) => error.message));
  await clock.advance(0);
  await clock.advance(0);
  expect(await Promise.all(asked)).toEqual(['x', 'x']);
});
