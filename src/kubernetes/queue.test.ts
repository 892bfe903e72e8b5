import { describe, expect, it } from 'vitest';
import { fakeClock, settle } from '../base/testing/clock.ts';
import { createQueue, type QueueOptions, type WorkResult } from './queue.ts';

const DONE: WorkResult = { kind: 'done' };

/** A queue whose work ends when the test says so. */
function manual(options: Partial<QueueOptions<string>> = {}) {
  const clock = fakeClock();
  const begun: string[] = [];
  const open = new Map<string, (result: WorkResult) => void>();
  const results: string[] = [];
  const queue = createQueue<string>({
    work: (key) => {
      expect(open.has(key), `${key} is worked on twice at once`).toBe(false);
      begun.push(key);
      const { promise, resolve } = Promise.withResolvers<WorkResult>();
      open.set(key, resolve);
      return promise;
    },
    concurrency: 2,
    clock,
    random: () => 0,
    onResult: (key, kind) => results.push(`${key} ${kind}`),
    onBug: (key, error) => results.push(`${key} ${String(error)}`),
    ...options,
  });
  const finish = async (key: string, result: WorkResult = DONE) => {
    open.get(key)?.(result);
    open.delete(key);
    await settle();
  };
  return { clock, queue, begun, results, finish };
}

describe('a queue', () => {
  it('works on a key once, however often it was added', async () => {
    const { queue, begun, finish } = manual();
    for (const key of ['a', 'a', 'b', 'a']) queue.add(key);
    await settle();
    expect(begun).toEqual(['a', 'b']);
    await finish('a');
    await finish('b');
    expect(begun).toEqual(['a', 'b']);
  });

  it('works on a key once more that was added meanwhile, but never twice at once', async () => {
    const { queue, begun, finish } = manual();
    queue.add('a');
    await settle();
    queue.add('a');
    queue.add('a');
    await settle();
    expect(begun).toEqual(['a']);
    await finish('a');
    expect(begun).toEqual(['a', 'a']);
    await finish('a');
    expect(begun).toEqual(['a', 'a']);
  });

  it('works on so many at a time, in order', async () => {
    const { queue, begun, finish } = manual();
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
    await settle();
    expect(begun).toEqual(['a', 'b']);
    await finish('b');
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('waits, and of several times takes the earliest', async () => {
    const { clock, queue, begun } = manual();
    queue.addAfter('a', 500);
    queue.addAfter('a', 100);
    queue.addAfter('a', 900);
    queue.addAfter('b', 0);
    await clock.advance(99);
    expect(begun).toEqual(['b']);
    await clock.advance(1);
    expect(begun).toEqual(['b', 'a']);
    expect(clock.due()).toEqual([]);
  });

  it('tries failed ones again, later each time, and forgets it at the first success', async () => {
    const { clock, queue, begun, finish } = manual();
    queue.add('a');
    await settle();
    await finish('a', { kind: 'retry' });
    expect(clock.due()).toEqual([100]);
    await clock.advance(100);
    await finish('a', { kind: 'retry' });
    expect(clock.due()).toEqual([200]);
    await clock.advance(200);
    await finish('a', { kind: 'retry', afterMilliseconds: 5000 });
    expect(clock.due()).toEqual([5000]);
    await clock.advance(5000);
    await finish('a');
    expect([begun.length, clock.due()]).toEqual([4, []]);
    queue.add('a');
    await settle();
    await finish('a', { kind: 'retry' });
    expect(clock.due()).toEqual([100]);
  });

  it('comes back to a key after the time that the work names', async () => {
    const { clock, queue, begun, finish } = manual();
    queue.add('a');
    await settle();
    await finish('a', { kind: 'after', milliseconds: 60_000 });
    await clock.advance(60_000);
    expect(begun).toEqual(['a', 'a']);
  });

  it('tells of a bug, and tries again', async () => {
    const { clock, queue, results } = manual({ work: () => Promise.reject(new Error('bug')) });
    queue.add('a');
    await settle();
    expect(results).toEqual(['a Error: bug', 'a bug']);
    expect(clock.due()).toEqual([100]);
  });

  it('stops: what is being worked on is told, and the rest dropped', async () => {
    const begun: string[] = [];
    const told: string[] = [];
    const { promise, resolve } = Promise.withResolvers<WorkResult>();
    const { queue, clock } = manual({
      concurrency: 1,
      work: (key, signal) => {
        begun.push(key);
        signal.addEventListener('abort', () => told.push(key));
        return promise;
      },
    });
    for (const key of ['a', 'b']) queue.add(key);
    queue.addAfter('c', 1000);
    await settle();
    queue.add('a');
    let over = false;
    const stopping = queue.stop().then(() => {
      over = true;
    });
    queue.add('d');
    await settle();
    expect([told, over]).toEqual([['a'], false]);
    resolve({ kind: 'retry' });
    await stopping;
    await settle();
    expect([begun, clock.due()]).toEqual([['a'], []]);
    await queue.stop();
  });

  it('leaves the event loop its turns', async () => {
    const begun: string[] = [];
    const work = async (key: string): Promise<WorkResult> => {
      begun.push(key);
      return DONE;
    };
    const { queue } = manual({ concurrency: 1, work });
    for (let key = 0; key < 100; key++) queue.add(String(key));
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun.length).toBeLessThan(3);
    // A turn for each key, and one more: a queue that works off several in one turn would need fewer.
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toHaveLength(100);
  });
});
