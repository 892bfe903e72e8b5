import { expect, it } from 'vitest';
import { readReport } from './report.ts';
import { report } from './testing/reports.ts';

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
  ['a member of every object', { ...report(), bindings: 'constructor' }],
])('refuses %s, and says where', (_, value) => {
  expect(readReport(value)).toMatchObject({
    kind: 'refused',
    problem: expect.stringMatching(/^is no report: ./),
  });
});
