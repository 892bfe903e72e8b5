import { expect, it } from 'vitest';
import { MAX_BINDINGS, OTHERS } from './tallies.ts';
import { allowedDecision, notedCall, notedDecision } from './testing/noted.ts';
import { remember, sum } from './testing/remember.ts';
import { MAX_ALL_ROWS, MAX_ROWS } from './top-rows.ts';

it('counts stay exact when rows make room, and what is in no row is counted', () => {
  const { memory, of } = remember();
  const total = MAX_ROWS * 40;
  for (let i = 0; i < total; i++) {
    memory.note(notedCall(), notedDecision({ user: i % 10 === 0 ? 'frequent' : `user-${i}` }), 'denied');
  }
  const { counts, rows, unlisted } = of('shop/orders');
  expect(counts).toEqual([{ rule: 'read', outcome: 'denied', reason: 'audience_mismatch', count: total }]);
  expect(rows).toHaveLength(MAX_ROWS);
  expect(rows[0]).toMatchObject({ user: 'frequent', count: total / 10 });
  expect(sum(rows) + unlisted).toBe(total);
});

it('a frequent caller gets a row though they are all taken', () => {
  const { memory, of } = remember();
  for (let i = 0; i < MAX_ROWS * 10; i++)
    memory.note(notedCall(), notedDecision({ user: `u${i}` }), 'denied');
  for (let i = 0; i < MAX_ROWS; i++) {
    memory.note(notedCall(), notedDecision({ user: 'late' }), 'denied');
    memory.note(notedCall(), notedDecision({ user: `v${i}` }), 'denied');
  }
  const [first] = of('shop/orders').rows;
  expect(first?.user).toBe('late');
  expect(first?.count).toBeGreaterThan(MAX_ROWS - 5);
});

it('a flood at one binding does not drive out the rows of others', () => {
  const { memory, of, report } = remember();
  for (let i = 0; i < 17 * MAX_ROWS; i++) {
    const binding = `shop/b${i % 17}`;
    memory.note(notedCall(), notedDecision({ binding, user: `u${i}` }), 'denied');
  }
  expect(sum(report().bindings.map(({ rows }) => ({ count: rows.length })))).toBeLessThanOrEqual(
    MAX_ALL_ROWS,
  );
  memory.note(notedCall(), notedDecision({ binding: 'shop/quiet', user: 'only' }), 'denied');
  for (let i = 0; i < 10_000; i++) {
    memory.note(notedCall(), notedDecision({ binding: 'shop/b0', user: `w${i}` }), 'denied');
  }
  expect(of('shop/quiet').rows).toMatchObject([{ user: 'only', count: 1 }]);
  expect(of('shop/b1').rows.length).toBeGreaterThan(200);
});

it('bindings past the bound are counted together', () => {
  const { memory, of, report } = remember();
  for (let i = 0; i < 2 * MAX_BINDINGS; i++) {
    memory.note(notedCall(), allowedDecision({ binding: `shop/b${i}` }), 'allowed');
  }
  expect(report().bindings).toHaveLength(MAX_BINDINGS + 1);
  expect(sum(of(OTHERS).counts)).toBe(MAX_BINDINGS);
});

it('rules past the bound are counted by outcome, and no request is lost', () => {
  const { memory, report } = remember();
  let noted = 0;
  for (let binding = 0; binding < MAX_BINDINGS; binding++) {
    for (let rule = 0; rule < 8; rule++) {
      const names = { binding: `shop/b${binding}`, rule: `rule-${rule}` };
      memory.note(notedCall(), allowedDecision(names), 'allowed');
      memory.note(notedCall(), allowedDecision({ ...names, reason: 'anonymous' }), 'allowed');
      noted += 2;
    }
  }
  expect(sum(report().bindings.flatMap(({ counts }) => counts))).toBe(noted);
  expect(memory.bytes()).toBeLessThan(8 * 1024 * 1024);
});
