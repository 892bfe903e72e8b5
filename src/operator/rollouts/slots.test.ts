import { beforeEach, expect, it } from 'vitest';
import { createSlots, type Slots } from './slots.ts';
import { titleOf, type WorkloadReference } from './wishes.ts';

let clock = 0;
let slots: Slots;

beforeEach(() => {
  clock = 0;
  slots = createSlots(() => clock);
});

const workload = (id: string): WorkloadReference => {
  const [namespace = '', name = ''] = id.split('/');
  return { kind: 'Deployment', namespace, name };
};
const free = (id: string) => slots.free(titleOf(workload(id)));

/** All of them ask, in this order, every two seconds; gives those that began, in order. */
function ask(ids: readonly string[], rounds = 20): readonly string[] {
  const begun: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    clock += 2000;
    for (const id of ids) {
      if (begun.includes(id) || !slots.take(workload(id))) continue;
      slots.begin(workload(id));
      begun.push(id);
    }
  }
  return begun;
}

it('gives a namespace two, and all together five', () => {
  expect(ask(['a/1', 'a/2', 'a/3'])).toEqual(['a/1', 'a/2']);
  expect(ask(['b/1', 'b/2', 'b/3', 'c/1', 'c/2'])).toHaveLength(3);
});

it('lets others go on while those of one namespace are stuck', () => {
  expect(ask(['a/1', 'a/2', 'a/3'])).toHaveLength(2);
  for (const id of ['b/1', 'b/2', 'b/3', 'b/4']) {
    expect(ask(['a/3', id])).toEqual([id]);
    free(id);
  }
});

it('serves namespaces in turn, however many of one ask first', () => {
  const ids = ['a/1', 'a/2', 'a/3', 'a/4', 'b/1', 'c/1'];
  // All wait before the first begins.
  expect(ask(['x/1'], 1)).toEqual(['x/1']);
  for (const id of ids) expect(slots.take(workload(id))).toBe(false);
  expect(ask(ids)).toEqual(['a/1', 'b/1', 'c/1', 'a/2']);
  for (const id of ['a/1', 'a/2']) free(id);
  expect(ask(['a/3', 'a/4'])).toEqual(['a/3', 'a/4']);
});

it('gives the turn to the next namespace though the first only looked', () => {
  expect(ask(['x/1'], 1)).toEqual(['x/1']);
  for (const id of ['a/1', 'a/2', 'b/1']) expect(slots.take(workload(id))).toBe(false);
  clock += 2000;
  expect(['a/1', 'a/2', 'b/1'].map((id) => slots.take(workload(id)))).toEqual([true, false, true]);
});

it('starves none, though others come back again and again', () => {
  expect(ask(['x/1', 'c/1'], 2)).toEqual(['x/1', 'c/1']);
  expect(slots.take(workload('c/2'))).toBe(false);
  clock += 2000;
  // They are looked at, and need no restart.
  const looks = ['a/1', 'b/1', 'd/1', 'a/1', 'b/1', 'd/1'].map((id) => slots.take(workload(id)));
  expect(looks).toEqual([true, true, true, false, false, false]);
  expect(slots.take(workload('c/2'))).toBe(true);
});

it('does not wait for one that no longer asks', () => {
  expect(ask(['x/1'], 1)).toEqual(['x/1']);
  for (const id of ['a/1', 'b/1']) expect(slots.take(workload(id))).toBe(false);
  free('a/1');
  clock += 2000;
  expect(slots.take(workload('b/1'))).toBe(true);
});

it('lets two seconds pass between two', () => {
  expect(ask(['a/1'], 1)).toEqual(['a/1']);
  clock += 1999;
  expect(slots.take(workload('b/1'))).toBe(false);
  clock += 1;
  expect(slots.take(workload('b/1'))).toBe(true);
});

it('no longer counts what has been under way for more than ten minutes', () => {
  expect(ask(['a/1', 'a/2', 'a/3'])).toEqual(['a/1', 'a/2']);
  clock += 600_000;
  expect(slots.take(workload('a/3'))).toBe(true);
  expect(slots.isUnderWay('Deployment a/1')).toBe(false);
});
