import { expect, it } from 'vitest';
import { readReport } from './report.ts';
import { report, row } from './testing/reports.ts';

it('reads what a validator tells, and passes over what a newer one tells besides', () => {
  const told = report();
  expect(readReport(JSON.parse(JSON.stringify({ ...told, more: 1 })))).toEqual({
    kind: 'report',
    report: told,
  });
});

it.each([
  ['no object', []],
  ['a page of something else', { status: 'ok' }],
  ['another format', { ...report(), format: 2 }],
  ['a count that is none', { ...report(), validators: '1' }],
  ['an unknown outcome', report({ counts: [{ rule: null, outcome: 'maybe', reason: 'x', count: 1 }] })],
  [
    'a count of which two are endless',
    report({ counts: [{ rule: null, outcome: 'denied', reason: 'x', count: 1e308 }] }),
  ],
  ['as many callers', report({ rows: [row({ count: 1e308 })] })],
  ['as many that are not listed', report({ unlisted: 1e308 })],
  ['a member of every object', { ...report(), bindings: 'constructor' }],
])('refuses %s, and says where', (_, value) => {
  expect(readReport(value)).toMatchObject({
    kind: 'refused',
    problem: expect.stringMatching(/^is no report: ./),
  });
});
