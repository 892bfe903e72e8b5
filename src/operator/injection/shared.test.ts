import { expect, it } from 'vitest';
import { fakeClock } from '../../base/testing/clock.ts';
import { shareFresh } from './shared.ts';

function asking() {
  const asked: PromiseWithResolvers<string>[] = [];
  const clock = fakeClock();
  const ask = () => {
    const answer = Promise.withResolvers<string>();
    asked.push(answer);
    return answer.promise;
  };
  return { asked, clock, share: shareFresh<string>(ask, clock) };
}

it('asks again for whoever comes while an answer is under way, once for all of them', async () => {
  const { asked, share } = asking();
  const first = share('shop');
  const late = [share('shop'), share('shop'), share('shop')];
  expect(asked).toHaveLength(1);
  asked[0]?.resolve('before');
  expect(await first).toBe('before');
  asked[1]?.resolve('after');
  expect(await Promise.all(late)).toEqual(['after', 'after', 'after']);
  expect(asked).toHaveLength(2);
});

it('asks anew when the last answer is there', async () => {
  const { asked, share } = asking();
  const first = share('shop');
  asked[0]?.resolve('a');
  await first;
  const second = share('shop');
  asked[1]?.resolve('b');
  expect(await second).toBe('b');
});

it('keeps namespaces apart', () => {
  const { asked, share } = asking();
  void share('shop');
  void share('bank');
  expect(asked).toHaveLength(2);
});

it('asks again after a question that failed', async () => {
  const { asked, share } = asking();
  const first = share('shop');
  const second = share('shop');
  asked[0]?.reject(new Error('a bug'));
  await expect(first).rejects.toThrow('a bug');
  asked[1]?.resolve('good');
  expect(await second).toBe('good');
});

it('does not wait long for an answer before it asks for the next', async () => {
  const { asked, clock, share } = asking();
  void share('shop');
  await clock.advance(100);
  const late = [share('shop'), share('shop')];
  await clock.advance(199);
  expect(asked).toHaveLength(1);
  await clock.advance(1);
  expect(asked).toHaveLength(2);
  const latest = share('shop');
  asked[0]?.resolve('first');
  asked[1]?.resolve('second');
  expect(await Promise.all(late)).toEqual(['second', 'second']);
  asked[2]?.resolve('third');
  expect(await latest).toBe('third');
  expect(clock.due()).toEqual([]);
});
