import { expect, it } from 'vitest';
import { calledFunctions, placeOf } from './calls.ts';

const coverage = (functionName: string, startOffset: number, endOffset: number, count: number) => ({
  functionName,
  isBlockCoverage: false,
  ranges: [{ startOffset, endOffset, count }],
});

it('keeps functions of src/ that were called, and no code of modules', () => {
  const functions = [
    coverage('', 0, 99, 1),
    coverage('a', 10, 20, 3),
    coverage('', 30, 40, 1),
    coverage('b', 50, 60, 0),
  ];
  const scripts = [
    { scriptId: '1', url: 'file:///repo/src/keys/a.ts', functions },
    { scriptId: '2', url: 'file:///repo/test/a.ts', functions },
    { scriptId: '3', url: 'file:///repo/node_modules/x/src/a.ts', functions },
    { scriptId: '4', url: 'node:http', functions },
  ];
  expect(calledFunctions(scripts, '/repo/')).toEqual([
    { file: 'src/keys/a.ts', name: 'a', start: 10, end: 20, script: '1' },
    { file: 'src/keys/a.ts', name: '', start: 30, end: 40, script: '1' },
  ]);
});

it.each([
  [0, 0, 0],
  [1, 0, 1],
  [3, 1, 0],
  [5, 1, 2],
])('offset %d is line %d, column %d', (offset, lineNumber, columnNumber) => {
  expect(placeOf('ab\ncde', offset)).toEqual({ lineNumber, columnNumber });
});
