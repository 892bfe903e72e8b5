import { expect, it } from 'vitest';
import { createPaint } from './paint.ts';
import { treeLines } from './tree.ts';

const TREE = [
  {
    mark: undefined,
    title: 'shop',
    children: [
      { mark: 'well', title: 'AuthenticationSource okta', note: 'Ready' },
      {
        mark: 'bad',
        title: 'ApiBinding orders',
        said: ['a pod has no validator', 'restart it'],
        children: [{ mark: 'unknown', title: 'Pod a', said: ['why'] }],
      },
    ],
  },
] as const;

it('shows what belongs to what', () => {
  expect(treeLines(TREE, createPaint(false, {}))).toEqual([
    'shop',
    '├─ ✓ AuthenticationSource okta  Ready',
    '└─ ✗ ApiBinding orders',
    '   │  a pod has no validator',
    '   │  restart it',
    '   └─ ? Pod a',
    '        why',
  ]);
});

it('is coloured for a terminal that has colours, and for nobody who wants none', () => {
  const coloured = (isTerminal: boolean, environment: Readonly<Record<string, string>>) =>
    treeLines(TREE, createPaint(isTerminal, environment)).join().includes('\u001b[');
  expect(coloured(true, { TERM: 'xterm' })).toBe(true);
  expect(coloured(false, { TERM: 'xterm' })).toBe(false);
  expect(coloured(true, { NO_COLOR: '1' })).toBe(false);
  expect(coloured(true, { TERM: 'dumb' })).toBe(false);
});

it('gives nothing to a terminal that others have written for it', () => {
  const evil = 'a\u001b]0;x\u0007\u001b[2Jb\u202ec\nd\u009b31m';
  const [line = '', ...more] = treeLines(
    [{ mark: 'well', title: evil, note: evil, said: [evil] }],
    createPaint(false, {}),
  );
  expect([line, ...more]).toHaveLength(2);
  expect([line, ...more].join('')).not.toMatch(/[\p{Cc}\u202e]/u);
});
