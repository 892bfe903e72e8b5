import { describe, expect, it } from 'vitest';
import { pod } from '../cluster/testing/objects.ts';
import {
  A,
  counting,
  ONE,
  OTHER,
  POD,
  policyWith,
  report,
  START,
  setUpCounts,
} from './testing/would-deny.ts';
import { MOST_PROCESSES, SHOWN_INTERVAL, SHOWN_PER_SECOND } from './would-deny.ts';

describe('the sum', () => {
  it('begins at 0, with the time', () => {
    const { counts } = counting();
    expect(counts.of(A)).toEqual({ wouldDeny: 0, since: START });
  });
  it('is of all processes', () => {
    const { note, now } = counting();
    note('x 0=2');
    note('y 0=3', OTHER);
    expect(now()).toBe(5);
    note('x 0=4/2');
    expect(now()).toBe(7);
  });
  it('counts nothing twice, and no older word', () => {
    const { note, now } = counting();
    note('x 0=5');
    note('x 0=5');
    note('x 0=2');
    expect(now()).toBe(5);
  });
  it('goes on where a process is followed by another one', () => {
    const { note, now } = counting();
    note('x 0=5');
    note('y 0=1');
    expect(now()).toBe(6);
    for (let i = 0; i < 3 * MOST_PROCESSES; i++) note(`z${i} 0=1`);
    expect(now()).toBe(6 + 3 * MOST_PROCESSES);
  });
  it('keeps what pods have counted that are gone', () => {
    const { store, note, now } = counting();
    store.apply(pod('shop/p'));
    note('x 0=5');
    expect(now()).toBe(5);
    store.apply({ kind: 'Pod', id: 'shop/p', object: undefined });
    expect(now()).toBe(5);
    note('y 0=1', OTHER);
    expect(now()).toBe(6);
  });
  it('loses nothing where there are more processes than can be kept apart', () => {
    const { note, now } = counting(undefined, 4);
    const callers = Array.from({ length: 10 }, (_, i) => ({ pod: `shop/p${i}`, uid: `uid-${i}` }));
    for (const caller of callers) note('x 0=2', caller);
    expect(now()).toBe(20);
    for (const caller of callers) note('x 0=3/2', caller);
    for (const caller of callers.toReversed()) note('x 0=4/3', caller);
    expect(now()).toBe(40);
  });
  it('stays a number that every program can read, whatever a validator says', () => {
    const { note, now } = counting();
    for (let i = 0; i < 10_000; i++) note(`z${i} 0=999999999999`);
    expect(now()).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('what a validator says', () => {
  it('of a place that its policy does not have, or of a binding that counts nothing, is passed over', () => {
    const { clock, put, start, shown } = setUpCounts();
    put(A);
    put('shop/b', { mode: 'Enforce' });
    const counts = start();
    const policy = policyWith(['shop/b', 'uid-shop/b/1'], ['shop/unknown', 'u/1']);
    counts.note(POD, policy, report('x 0=1,1=1,2=1,99999=1'));
    clock.advance(SHOWN_INTERVAL);
    expect(counts.of(A)?.wouldDeny).toBe(0);
    expect([counts.of('shop/b'), counts.of('shop/unknown')]).toEqual([undefined, undefined]);
    expect(shown).toEqual([]);
  });
  it('of another revision is passed over', () => {
    const { clock, put, start } = setUpCounts();
    put(A, { generation: 2 });
    const counts = start();
    counts.note(POD, ONE, report('x 0=9'));
    counts.note(POD, policyWith([A, 'another-uid/2']), report('x 0=9'));
    clock.advance(SHOWN_INTERVAL);
    expect(counts.of(A)?.wouldDeny).toBe(0);
    counts.note(POD, policyWith([A, `uid-${A}/2`]), report('x 0=1'));
    clock.advance(SHOWN_INTERVAL);
    expect(counts.of(A)?.wouldDeny).toBe(1);
  });
});

describe('is written', () => {
  it('once a minute of one binding, and soon where it was quiet', () => {
    const { clock, put, start, shown } = setUpCounts();
    put(A);
    const counts = start();
    counts.note(POD, ONE, report('x 0=1'));
    clock.advance(1000);
    expect([counts.of(A)?.wouldDeny, shown.length]).toEqual([1, 1]);
    for (let second = 1; second < 60; second++) {
      counts.note(POD, ONE, report(`x 0=${second + 1}`));
      clock.advance(1000);
    }
    expect([counts.of(A)?.wouldDeny, shown.length]).toEqual([1, 1]);
    clock.advance(2000);
    expect([counts.of(A)?.wouldDeny, shown.length]).toEqual([60, 2]);
    clock.advance(10 * SHOWN_INTERVAL);
    expect(shown).toHaveLength(2);
  });
  it('in turn, and so many in a second, of however many bindings', () => {
    const { clock, put, start, shown } = setUpCounts();
    const ids = Array.from({ length: 1000 }, (_, i) => `shop/b${i}`);
    for (const id of ids) put(id);
    const counts = start();
    const policy = policyWith(...ids.map((id) => [id, `uid-${id}/1`] as const));
    const tell = (count: number) => {
      for (let i = 0; i < ids.length; i += 100) {
        const places = Array.from({ length: 100 }, (_, j) => `${i + j}=${count}`);
        counts.note(POD, policy, report(`x ${places.join()}`));
      }
    };
    for (let second = 1; second <= ids.length / SHOWN_PER_SECOND; second++) {
      tell(second);
      clock.advance(1000);
      expect(shown.at(-1)).toHaveLength(SHOWN_PER_SECOND);
      expect(shown).toHaveLength(second);
    }
    expect(new Set(shown.flat()).size).toBe(ids.length);
  });
  it('no more once it has stopped', () => {
    const { clock, put, start, shown } = setUpCounts();
    put(A);
    const counts = start();
    counts.note(POD, ONE, report('x 0=1'));
    void counts.stop();
    clock.advance(SHOWN_INTERVAL);
    expect(shown).toEqual([]);
    expect(clock.due()).toEqual([]);
  });
});
