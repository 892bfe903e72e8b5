import { expect, it, vi } from 'vitest';
import { createLiveRows, MOST_ROWS } from './live-rows.ts';

const event = (path: string): string =>
  JSON.stringify({
    ...{ time: '2026-11-29T18:00:00.000Z', binding: null, rule: null, outcome: 'denied', reason: 'x' },
    ...{ source: null, user: null, client: null, network: null, method: 'GET', host: 'h', path },
    ...{ requestId: null, milliseconds: 1, detail: null, tokenSays: null, expected: null, remedy: null },
  });

it('keeps the latest, the newest first, as the same objects', () => {
  const rows = createLiveRows();
  for (const path of ['/1', '/2']) rows.add(event(path));
  const first = rows.rows();
  expect(first.map(({ number, decision }) => [number, decision.path])).toEqual([
    [2, '/2'],
    [1, '/1'],
  ]);
  expect(rows.rows()).toBe(first);
  rows.add(event('/3'));
  expect(rows.rows().map(({ number }) => number)).toEqual([3, 2, 1]);
  expect(rows.rows()[1]).toBe(first[0]);
});

it('reads of a million only those that it keeps', () => {
  const rows = createLiveRows();
  const text = event('/x');
  const parse = vi.spyOn(JSON, 'parse');
  for (let i = 0; i < 1_000_000; i++) rows.add(text);
  const kept = rows.rows();
  expect(parse.mock.calls.length).toBe(MOST_ROWS);
  expect(kept).toHaveLength(MOST_ROWS);
  expect(kept[0]?.number).toBe(1_000_000);
  expect(rows.seen).toBe(1_000_000);
});

it('adds up what was left out, and passes over what it cannot read', () => {
  const rows = createLiveRows();
  rows.missed('{"overRate":12,"slowReader":3}');
  rows.missed('{"overRate":1,"slowReader":0}');
  rows.missed('no JSON');
  rows.add('{"outcome":"of a newer version"}');
  rows.add('no JSON');
  expect(rows.leftOut).toBe(16);
  expect(rows.rows()).toEqual([]);
});
