import { expect, it } from 'vitest';
import { mergeReports } from './merge.ts';
import { type Report, readReport } from './report.ts';
import { report, row } from './testing/reports.ts';
import { MAX_ROWS } from './top-rows.ts';

const countOf = ({ bindings }: Report) =>
  bindings.flatMap(({ counts }) => counts).reduce((sum, { count }) => sum + count, 0);

it('adds up counts and rows of the same caller', () => {
  const earlier = row({ count: 4, first: '2026-11-29T16:00:00.000Z', last: '2026-11-29T16:30:00.000Z' });
  const one = report({ rows: [row({ count: 31 })], unlisted: 2 });
  const other = {
    ...report({
      mode: 'Enforce',
      counts: [
        { rule: 'read', outcome: 'allowed', reason: 'authenticated', count: 7 },
        { rule: 'write', outcome: 'allowed', reason: 'authenticated', count: 1 },
      ],
      rows: [row({ client: 'frequent', count: 99 }), earlier],
      unlisted: 3,
    }),
    from: '2026-11-29T16:00:00.000Z',
    until: '2026-11-29T18:00:01.000Z',
  };
  const merged = mergeReports([one, other]);
  expect(merged).toEqual({
    format: 1,
    from: '2026-11-29T16:00:00.000Z',
    until: '2026-11-29T18:00:01.000Z',
    validators: 2,
    bindings: [
      {
        binding: 'shop/orders',
        mode: 'Enforce',
        counts: expect.arrayContaining([
          { rule: 'read', outcome: 'allowed', reason: 'authenticated', count: 12_380 },
          { rule: 'write', outcome: 'allowed', reason: 'authenticated', count: 1 },
          { rule: 'read', outcome: 'audit_denied', reason: 'audience_mismatch', count: 37 },
        ]),
        rows: [
          row({ client: 'frequent', count: 99 }),
          { ...earlier, count: 35, last: '2026-11-29T17:58:00.000Z' },
        ],
        unlisted: 5,
      },
    ],
  });
  const reversed = mergeReports([other, one]);
  expect({ ...reversed, bindings: reversed.bindings.map(({ rows }) => rows) }).toEqual({
    ...merged,
    bindings: merged.bindings.map(({ rows }) => rows),
  });
  expect(readReport(merged)).toEqual({ kind: 'report', report: merged });
});

it.each(['outcome', 'rule', 'reason', 'source', 'client', 'network', 'user'])(
  'rows that differ in %s stay two',
  (member) => {
    const value = member === 'outcome' ? 'denied' : 'other';
    const merged = mergeReports([report({ rows: [row()] }), report({ rows: [row({ [member]: value })] })]);
    expect(merged.bindings[0]?.rows).toHaveLength(2);
  },
);

it('keeps the most frequent rows of many, and counts the rest', () => {
  const rows = Array.from({ length: 200 }, (_, i) => row({ user: `u${i}`, count: i + 1 }));
  const others = Array.from({ length: 200 }, (_, i) => row({ user: `v${i}`, count: i + 1 }));
  const [merged] = mergeReports([
    report({ rows, unlisted: 1 }),
    report({ rows: others, unlisted: 1 }),
  ]).bindings;
  const total = [...rows, ...others].reduce((sum, { count }) => sum + count, 2);
  expect(merged?.rows).toHaveLength(MAX_ROWS);
  expect((merged?.rows ?? []).reduce((sum, { count }) => sum + count, merged?.unlisted ?? 0)).toBe(total);
});

it('of one report is that report', () => {
  expect(mergeReports([report()])).toEqual(report());
});

it('of two hundred takes them together in any order', () => {
  const reports = Array.from({ length: 200 }, (_, i) => report({ binding: `shop/b${i % 3}` }));
  const [first, ...others] = reports;
  if (first === undefined) throw new Error('none');
  const merged = mergeReports([first, ...others]);
  expect(merged.bindings.map(({ binding }) => binding)).toEqual(['shop/b0', 'shop/b1', 'shop/b2']);
  expect(merged.validators).toBe(200);
  expect(countOf(merged)).toBe(200 * countOf(report()));
});

it('the mode is that of a validator that has the binding', () => {
  const gone = { ...report({ mode: null }), until: '2026-11-30T00:00:00.000Z' };
  expect(mergeReports([gone, report({ mode: 'Audit' })]).bindings[0]?.mode).toBe('Audit');
});
