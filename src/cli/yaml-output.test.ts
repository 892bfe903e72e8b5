import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readYaml } from '../resources/yaml.ts';
import { renderYaml } from './yaml-output.ts';

const WORDS = [
  ...[
    'yes',
    'y',
    'on',
    'No',
    'null',
    '~',
    'true',
    '012',
    '0o17',
    '0x1f',
    '0b1',
    '1:20',
    '1_000',
    '1e3',
    '.5',
  ],
  ...['+1', '.inf', '2001-01-01', '=', '<<', '-', '?', 'a: b', 'a #b', '#', '!a', '&a', '*a', '%', '@a', '`'],
  ...['', ' a', 'a ', 'a\nb', 'a\nb\n\n', '\n', '\na', '  a\nb', 'a\n  b\n', 'a\t\nb', '\ta\nb', 'a\r\nb'],
  ...['a\u0085b', 'a\u2028\nb', '\ufeffa', '\u0007', 'é', '日本', '😀', '---', '...', 'a\n---\nb', '\\u0041'],
];

const word = fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary' }));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    word,
    fc.constantFrom(null, true, false, 0, -1, 1.5, 1e-7, 2 ** 53 - 1),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4 }),
  ),
}));

describe('renderYaml', () => {
  it.each(WORDS)('says %j to every reader', (text) => {
    const yaml = renderYaml({ [text]: text, list: [text] });
    const written = { [text]: text, list: [text] };
    expect(parse(yaml, { version: '1.1' })).toEqual(written);
    expect(parse(yaml, { version: '1.2' })).toEqual(written);
  });

  it('says the same to a reader of YAML 1.1, to one of 1.2, and to ours', () => {
    fc.assert(
      fc.property(fc.dictionary(word, value, { minKeys: 1, maxKeys: 4 }), (written) => {
        const json = JSON.parse(JSON.stringify(written)) as never;
        const yaml = renderYaml(json);
        expect(parse(yaml, { version: '1.1' })).toEqual(json);
        expect(parse(yaml, { version: '1.2' })).toEqual(json);
        expect(readYaml('a.yaml', yaml).documents.map((document) => document.value)).toEqual([json]);
      }),
    );
  });

  it('stays readable', () => {
    const shared = { a: 1 };
    expect(renderYaml({ kind: 'Pod', on: 'yes', script: 'set -e\nrun\n', one: shared, two: shared })).toBe(
      'kind: Pod\n"on": "yes"\nscript: |\n  set -e\n  run\none:\n  a: 1\ntwo:\n  a: 1\n',
    );
  });
});
