import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createFifo } from './fifo.ts';

it('items are taken in the order in which they were added, whatever comes between', () => {
  const queue = createFifo<number>();
  const taken: (number | undefined)[] = [];
  let added = 0;
  for (const count of [1, 3, 0, 2, 5, 0, 0]) {
    for (let i = 0; i < count; i++) queue.add(added++);
    taken.push(queue.take(), queue.take());
  }
  expect(taken.filter((item) => item !== undefined)).toEqual(Array.from({ length: added }, (_, i) => i));
  expect([queue.size(), queue.take()]).toEqual([0, undefined]);
});

it('its size is what waits', () => {
  const queue = createFifo<string>();
  for (const item of ['a', 'b', 'c']) queue.add(item);
  queue.take();
  queue.add('d');
  expect(queue.size()).toBe(3);
});

it('what was taken is not held on to while others wait', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const queue = createFifo<object>();
  const added = Array.from({ length: 3 }, () => {
    const item = {};
    queue.add(item);
    return new WeakRef(item);
  });
  queue.take();
  return new Promise((next) => setImmediate(next)).then(() => {
    collect();
    expect(added.map((item) => item.deref() !== undefined)).toEqual([false, true, true]);
  });
});
