/** What bindings would have denied, when their spec is another one, and when the leader is. */

import { describe, expect, it } from 'vitest';
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
import { SHOWN_INTERVAL } from './would-deny.ts';

describe('a changed spec', () => {
  it('is counted anew, from that time', () => {
    const { clock, put, start } = setUpCounts();
    put(A);
    const counts = start();
    counts.note(POD, ONE, report('x 0=9'));
    clock.advance(SHOWN_INTERVAL);
    put(A, { generation: 2, status: { observedGeneration: 1, trial: { wouldDeny: 9, since: START } } });
    expect(counts.of(A)).toEqual({ wouldDeny: 0, since: '2027-01-15T08:01:00Z' });
    counts.note(POD, policyWith([A, `uid-${A}/2`]), report('x 0=2'));
    clock.advance(SHOWN_INTERVAL);
    expect(counts.of(A)?.wouldDeny).toBe(2);
  });
  it('is no other one where only the status is', () => {
    const { clock, put, start } = setUpCounts();
    put(A);
    const counts = start();
    counts.note(POD, ONE, report('x 0=9'));
    clock.advance(SHOWN_INTERVAL);
    put(A, { status: { observedGeneration: 1 } });
    expect(counts.of(A)).toEqual({ wouldDeny: 9, since: START });
  });
  it.each(['Enforce', 'Disabled'])('of mode %s has no count', (mode) => {
    const { put, start } = setUpCounts();
    put(A);
    const counts = start();
    put(A, {
      mode,
      generation: 2,
      status: { observedGeneration: 1, trial: { wouldDeny: 9, since: START } },
    });
    expect(counts.of(A)).toBeUndefined();
  });
  it('of an object that is gone, and of one in its place, has none of its count', () => {
    const { publish, put, start } = setUpCounts();
    put(A, { status: { observedGeneration: 1, trial: { wouldDeny: 9, since: START } } });
    const counts = start();
    publish({ kind: 'ApiBinding', id: A, object: undefined });
    expect(counts.of(A)).toBeUndefined();
    put(A, { uid: 'another' });
    expect(counts.of(A)?.wouldDeny).toBe(0);
  });
  it('that cannot be read keeps what its status said', () => {
    const { put, start } = setUpCounts();
    const status = { observedGeneration: 1, trial: { wouldDeny: 9, since: START } };
    put(A, { mode: 'Nonsense', status });
    const counts = start();
    expect(counts.of(A)).toEqual(status.trial);
    put(A, { mode: 'Nonsense', generation: 2, status });
    expect(counts.of(A)).toBeUndefined();
  });
});

describe('the next leader', () => {
  const before = '2027-01-14T00:00:00Z';
  const elected = (wouldDeny: number) =>
    counting({ status: { observedGeneration: 1, trial: { wouldDeny, since: before } } });
  it('goes on from what was written', () => {
    const { counts, note, now } = elected(10);
    expect(counts.of(A)).toEqual({ wouldDeny: 10, since: before });
    note('x 0=12/10');
    expect(now()).toBe(12);
  });
  it('keeps what was counted by processes that it never hears', () => {
    const { note, now } = elected(10);
    note('x 0=5/4');
    expect(now()).toBe(11);
    note('y 0=3', OTHER);
    expect(now()).toBe(14);
  });
  it('never says 0 where a validator has counted any', () => {
    const { note, now } = elected(0);
    note('x 0=3/3');
    expect(now()).toBe(3);
  });
  it('begins anew where the spec has changed between', () => {
    const { put, start } = setUpCounts();
    put(A, { generation: 2, status: { observedGeneration: 1, trial: { wouldDeny: 9, since: before } } });
    const counts = start();
    expect(counts.of(A)).toEqual({ wouldDeny: 0, since: START });
  });
});
