/** YAML of others as the real kubectl reads it: the same value of every word, merge and repetition. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { isJsonObject, type JsonValue } from '../../src/base/json.ts';
import { readYaml } from '../../src/resources/yaml.ts';
import { mustRun } from '../../tools/run.ts';
import { apiServerBinaries } from './binaries.ts';

const WORDS = [
  ...[
    '0400',
    '0755',
    '-0400',
    '+0400',
    '0o400',
    '0O17',
    '0_400',
    '08',
    '0800',
    '1__0',
    '1_',
    '_1',
    '0',
    '-0',
    '00',
  ],
  ...[
    '0b101',
    '-0b1',
    '+0b1',
    '0B1',
    '0b2',
    '0x1F',
    '0X1f',
    '0x',
    '0xg',
    '1:30',
    '190:20:30',
    '2001-01-01',
    '12e03',
  ],
  ...['.5', '._5', '.5_0', '1.', '-1.5', '1e3', '1e400', '1.5e-3', '+.5', '-.5', '.', '+', '1.2.3', '1-2'],
  ...['9007199254740991', '0777777', '1e3_0', '0.0', '-0x1f', '0o', '0b', '1e', '12e', '0_', '0o8', '00b1'],
  ...[
    'y',
    'Y',
    'yes',
    'Yes',
    'YES',
    'yEs',
    'n',
    'N',
    'no',
    'off',
    'Off',
    'oFF',
    'on',
    'true',
    'TRUE',
    'tRUE',
  ],
  ...['"0400"', "'yes'", '!!str 0400', '!!int "5"', '!!binary aGk=', '!env X', '!!float 1', 'x', '"\\u00e9"'],
];

const DOCUMENTS = [
  ...WORDS.map((word) => `a: [x, ${word.includes(':') ? `"k"` : word}]\nb: ${word}\n`),
  'a: &x {p: 1, q: 2}\nb: *x\nc: {<<: *x, p: 3}\nd: {p: 3, <<: *x}\n',
  'a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc:\n  <<: [*x, *y]\n  r: 1\n',
  'a: 1\na: 2\nb: {c: 1, c: {d: 1}}\n',
  '1: a\nyes: b\n0400: c\ntrue: d\n"no": e\n',
  'a: |\n  x\n\n  y\nb: >\n  x\n  y\nc: |-\n  x\n',
  'a: &x 1\nb: &x 2\nc: *x\n',
];

it('means to us what it means to kubectl', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'kubectl-yaml-'));
  try {
    const texts = DOCUMENTS.map(
      (text, index) =>
        `apiVersion: v1\nkind: Thing\nmetadata: {name: a${index}}\ndata:\n${text.replaceAll(/^(?=.)/gm, '  ')}`,
    );
    const file = path.join(folder, 'a.yaml');
    // As files look that were put together from files with byte order marks.
    const text = `\ufeff${texts.join('---\n\ufeff')}`;
    await writeFile(file, text);
    const kubectl = path.join(await apiServerBinaries(), 'kubectl');
    const out = await mustRun(kubectl, [
      'annotate',
      '--local',
      '-f',
      file,
      '-o',
      'jsonpath={.data}{"\\n"}',
      'a=b',
    ]);
    const theirs = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JsonValue);
    const { documents, findings } = readYaml('a.yaml', text);
    expect(findings).toEqual([]);
    const ours = documents.map(({ value }) => (isJsonObject(value) ? (value.data ?? null) : null));
    expect(ours).toHaveLength(DOCUMENTS.length);
    for (const [index, value] of ours.entries()) expect(value, DOCUMENTS[index]).toEqual(theirs[index]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
