import { describe, expect, it } from 'vitest';
import { settle } from '../../base/testing/clock.ts';
import { createTurns, type TurnLimits } from './lanes.ts';

const LIMITS: TurnLimits = { concurrency: 4, perGroup: 2, waiting: 6, perLane: 3 };

function world(limits: Partial<TurnLimits> = {}) {
  const turns = createTurns({ ...LIMITS, ...limits });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    /** False: it was sent away. */
    take(name: string, lane: string, group = lane): boolean {
      const turn = turns.take(lane, group);
      void turn?.then((end) => {
        begun.push(name);
        ends.set(name, end);
      });
      return turn !== undefined;
    },
    async end(name: string) {
      ends.get(name)?.();
      await settle();
    },
  };
}

describe('turns', () => {
  it('are had at once while there is room, and no group has more than its share', async () => {
    const { take, begun, end } = world();
    for (const name of ['a1', 'a2', 'a3']) take(name, 'a');
    take('b1', 'b');
    await settle();
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    await end('a1');
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('go from lane to lane, so that one that waits in a long lane holds up no other', async () => {
    const { take, begun, end } = world({ concurrency: 1, perGroup: 1, perLane: 100, waiting: 100 });
    for (let i = 0; i < 50; i++) take(`flood${i}`, 'pod from 10.0.0.1', 'pod');
    take('honest', 'pod from 10.0.0.2', 'pod');
    take('other', 'other from 10.0.0.3', 'other');
    await settle();
    await end('flood0');
    await end('flood1');
    await end('honest');
    expect(begun.slice(0, 4)).toEqual(['flood0', 'flood1', 'honest', 'other']);
  });

  it('are refused past the bounds of a lane and of all', async () => {
    const { take } = world({ concurrency: 1, perGroup: 1 });
    expect(take('runs', 'a')).toBe(true);
    expect(['1', '2', '3', '4'].map((name) => take(name, 'a'))).toEqual([true, true, true, false]);
    expect(['1', '2', '3', '4'].map((name) => take(name, 'b'))).toEqual([true, true, true, false]);
    expect(take('1', 'c')).toBe(false);
  });

  it('that end twice end once', async () => {
    const { take, begun, end } = world({ concurrency: 1, perGroup: 1 });
    for (const name of ['1', '2', '3']) take(name, 'a');
    await settle();
    await end('1');
    await end('1');
    expect(begun).toEqual(['1', '2']);
  });
});
