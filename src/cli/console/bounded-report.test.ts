import { expect, it } from 'vitest';
import { report, row } from '../../report/testing/reports.ts';
import { boundedReport } from './bounded-report.ts';

const [orders] = report().bindings;
if (orders === undefined) throw new Error('no binding');
const THERE = new Set(['shop/orders', 'shop/long']);
const of = (...bindings: readonly object[]) => ({
  ...report(),
  bindings: bindings.map((changes) => ({ ...orders, ...changes })),
});

it('leaves a report of usual length as it is', () => {
  const told = of({}, { binding: null }, { binding: 'shop/gone' });
  expect(boundedReport(told, THERE)).toEqual({ report: told, leftOut: [] });
});

it('lets a pod that tells of thousands of bindings, or of one at great length, hide none of the others', () => {
  const invented = Array.from({ length: 5000 }, (_, i) => ({ binding: `evil/x-${i}`, rows: [], counts: [] }));
  const rows = Array.from({ length: 256 }, (_, i) => row({ client: `${i}`.padEnd(100_000, 'x') }));
  const { report: told, leftOut } = boundedReport(of(...invented, { binding: 'shop/long', rows }, {}), THERE);
  expect(told.bindings.at(-1)?.binding).toBe('shop/orders');
  expect(told.bindings.some(({ binding }) => binding === 'shop/long')).toBe(false);
  expect(told.bindings).toHaveLength(201);
  expect(leftOut).toEqual([
    'the counts of 4801 of 5002 bindings are too long to be shown: see portcullis report',
  ]);
});
