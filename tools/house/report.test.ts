import { expect, it } from 'vitest';
import { namesReport, table, touchedReport, wayReport } from './report.ts';

it('puts numbers to the right and words to the left', () => {
  expect(
    table([
      ['room', 'lines', 'what'],
      ['a', 7, 'x'],
      ['longer', 1234, 'y'],
    ]),
  ).toBe(['room    lines  what', 'a           7  x', 'longer   1234  y'].join('\n'));
});

it('shows the first names and counts the others', () => {
  const names = Array.from({ length: 22 }, (_, index) => ({ name: `N${index}`, files: ['a', 'b'] }));
  const text = namesReport(names, []);
  expect(text).toContain('several files of src/ declare: 22');
  expect(text).toContain('N19 2, and 2 more');
  expect(text).not.toContain('N20');
});

it.each([true, false])('names files only where that is wanted: %s', (withFiles) => {
  const touched = { change: 'preset', counted: 'names X', files: ['src/a.ts'], tests: [] };
  const walked = {
    runs: 3,
    functions: [{ file: 'src/b.ts', name: 'f', start: 1, end: 2, script: '1' }],
    files: ['src/b.ts'],
  };
  expect(touchedReport([touched], withFiles).includes('src/a.ts')).toBe(withFiles);
  expect(wayReport('A request', walked, withFiles).includes('src/b.ts')).toBe(withFiles);
  expect(wayReport('A request', walked, withFiles)).toContain('1 files, 1 functions');
});

it('counts the files of a way by room, most first', () => {
  const files = ['src/a/x.ts', 'src/b/x.ts', 'src/b/y.ts'];
  expect(wayReport('A request', { runs: 2, functions: [], files }, false)).toContain('b 2, a 1');
});
