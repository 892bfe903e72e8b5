import { expect, it } from 'vitest';
import { createSingleFlight } from './single-flight.ts';

function asking() {
  const asked: PromiseWithResolvers<string>[] = [];
  const begin = () => {
    const answer = Promise.withResolvers<string>();
    asked.push(answer);
    return answer.promise;
  };
  const flight = createSingleFlight<string>();
  return { asked, ask: (key: string) => flight(key, begin) };
}

it('gives all that ask meanwhile the same answer, and asks again afterwards', async () => {
  const { asked, ask } = asking();
  const both = [ask('shop'), ask('shop')];
  expect(asked).toHaveLength(1);
  asked[0]?.resolve('a');
  expect(await Promise.all(both)).toEqual(['a', 'a']);
  void ask('shop');
  expect(asked).toHaveLength(2);
});

it('keeps keys apart', () => {
  const { asked, ask } = asking();
  void ask('shop');
  void ask('bank');
  expect(asked).toHaveLength(2);
});

it('asks again after a failure, which all hear of', async () => {
  const { asked, ask } = asking();
  const both = [ask('shop'), ask('shop')];
  asked[0]?.reject(new Error('a bug'));
  await Promise.all(both.map((one) => expect(one).rejects.toThrow('a bug')));
  const next = ask('shop');
  asked[1]?.resolve('good');
  expect(await next).toBe('good');
});
