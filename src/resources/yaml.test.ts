import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../matching/json.ts';
import { MAX_DEPTH, MAX_DOCUMENT_LENGTH, MAX_FILE_LENGTH, readYaml } from './yaml.ts';

const values = (text: string): readonly JsonValue[] =>
  readYaml('a.yaml', text).documents.map(({ value }) => value);
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('readYaml', () => {
  it.each<[string, string, readonly JsonValue[]]>([
    ['one document', 'a: {b: [1, true, null, "x"]}', [{ a: { b: [1, true, null, 'x'] } }]],
    ['JSON', '{"a": 1.5}', [{ a: 1.5 }]],
    ['several documents', 'a: 1\n---\nb: 2\n...\n---\nc: 3\n', [{ a: 1 }, { b: 2 }, { c: 3 }]],
    ['empty documents and comments', '---\n# nothing\n---\na: 1\n---\n', [{ a: 1 }]],
    ['an empty file', '', []],
    ['a byte order mark', '\uFEFFa: 1', [{ a: 1 }]],
    ['Windows line ends', 'a: 1\r\nb: 2\r\n', [{ a: 1, b: 2 }]],
    ['the members y and n of a JWK', 'n: abc\ny: def', [{ n: 'abc', y: 'def' }]],
    [
      'the booleans of YAML 1.1, as Kubernetes reads them',
      'a: [yes, Off, "yes", y]',
      [{ a: [true, false, 'yes', 'y'] }],
    ],
    ['block text', 'a: |\n  x\n  y\n', [{ a: 'x\ny\n' }]],
    ['explicit core tags', 'a: !!str 5', [{ a: '5' }]],
    ['the largest exact integer', 'a: 9007199254740991', [{ a: 9007199254740991 }]],
    ['text that looks like an alias', 'a: "*b"\n"<<": c', [{ a: '*b', '<<': 'c' }]],
  ])('takes %s', (_, text, expected) => {
    const { documents, findings } = readYaml('a.yaml', text);
    expect(findings).toEqual([]);
    expect(documents.map(({ value }) => value)).toEqual(expected);
  });

  it('keeps __proto__ an ordinary name', () => {
    const [value] = values('__proto__: {polluted: true}');
    expect(Object.keys(value ?? {})).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each<[string, string, string, number, number]>([
    ['a name that stands twice', 'a: 1\nb: 2\na: 3', 'stands here twice', 3, 1],
    ['the same below', 'a:\n  b: 1\n  b: 2', 'stands here twice', 3, 3],
    ['quoted and plain alike', '{"a": 1, a: 2}', 'stands here twice', 1, 10],
    ['an anchor', 'a: &x 1', 'anchors and aliases', 1, 7],
    ['an alias', 'a: 1\nb: *a', 'anchors and aliases', 2, 4],
    ['anchored names', '&x a: 1', 'anchors and merge keys', 1, 4],
    ['merge keys', 'a: {b: 1}\n<<: {c: 1}', 'anchors and merge keys', 2, 1],
    ['numbers as names', '1: a', 'not a string', 1, 1],
    ['null as a name', '~: a', 'not a string', 1, 1],
    ['lists as names', '[a]: b', 'not a string', 1, 1],
    ['foreign tags', 'a: !!binary aGk=', 'tag', 1, 13],
    ['own tags', 'a: !env SECRET', 'tag', 1, 9],
    [
      'times, where the file itself asks for YAML 1.1',
      '%YAML 1.1\n---\na: 2001-01-01',
      'kind of value',
      3,
      4,
    ],
    ['merge keys there', '%YAML 1.1\n---\n<<: {a: 1}', 'not a string', 3, 1],
    ['infinity', 'a: .inf', 'cannot be held exactly', 1, 4],
    ['no number', 'a: [.nan]', 'cannot be held exactly', 1, 5],
    ['a number that would be rounded', 'a: 9007199254740993', 'cannot be held exactly', 1, 4],
    ['tabs', 'a:\n\tb: 1', 'not YAML', 2, 1],
    ['an open bracket', 'a: [1, 2\nb: 3', 'not YAML', 2, 1],
    ['an open quote', 'a: "b\nc: d', 'not YAML', 2, 5],
    ['more values than nesting can hold', `a: ${nested(MAX_DEPTH + 1)}`, 'nested', 1, 4 + MAX_DEPTH],
    ['nesting that would exhaust the stack', nested(100_000), 'nested', 1, 1],
    ['dashes without end', `${'- '.repeat(20_000)}a`, 'nested', 1, 1],
  ])('refuses %s', (_, text, message, line, column) => {
    const { documents, findings } = readYaml('a.yaml', text);
    expect(documents).toEqual([]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ reason: 'Unreadable', severity: 'error', file: 'a.yaml' });
    expect(findings[0]?.message).toContain(message);
    // Where the stack ends is the engine's own affair.
    if (text.length < 10_000) expect(findings[0]).toMatchObject({ line, column });
  });

  it('takes the deepest nesting that it allows', () => {
    expect(values(`a: ${nested(MAX_DEPTH)}`)).toHaveLength(1);
  });

  it('refuses aliases before they multiply', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `a${i}: &a${i} [${i ? `*a${i - 1}, *a${i - 1}` : 1}]`);
    expect(readYaml('a.yaml', lines.join('\n'))).toMatchObject({
      documents: [],
      findings: [{ message: expect.stringContaining('anchors and aliases') }],
    });
  });

  it('goes on with the other documents', () => {
    const { documents, findings } = readYaml('a.yaml', 'a: 1\n---\nb: &x 1\n---\nc: 3\n');
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { c: 3 }]);
    expect(findings).toMatchObject([{ line: 3, column: 7 }]);
  });

  it('refuses huge documents and files', () => {
    const text = (length: number): string => `a: "${'x'.repeat(length - 5)}"`;
    expect(readYaml('a.yaml', text(MAX_DOCUMENT_LENGTH)).findings).toEqual([]);
    expect(readYaml('a.yaml', text(MAX_DOCUMENT_LENGTH + 1)).findings).toMatchObject([
      { message: 'the document is larger than 1.5 MiB' },
    ]);
    expect(readYaml('a.yaml', text(MAX_FILE_LENGTH + 1)).findings).toMatchObject([
      { message: 'the file is larger than 16 MiB', line: 1, column: 1 },
    ]);
  });

  it.each([
    'data: {key: "TOPSECRET',
    'key: TOPSECRET: x',
    'key: "\\qTOPSECRET"',
    'a: *TOPSECRET',
    'a: !TOPSECRET b',
    '{a: TOPSECRET}} ]',
    '%TOPSECRET\n---\na: ]TOPSECRET',
  ])('never quotes the file: %s', (text) => {
    const { findings } = readYaml('a.yaml', text);
    expect(findings).not.toEqual([]);
    expect(JSON.stringify(findings)).not.toContain('TOPSECRET');
  });

  it('never throws, and only ever returns JSON', () => {
    const yamlish = fc
      .array(
        fc.constantFrom(
          'a',
          ': ',
          '- ',
          '\n',
          '  ',
          '[',
          ']',
          '{',
          '}',
          ',',
          '"',
          "'",
          '&x ',
          '*x',
          '!t ',
          '|',
          '>',
          '? ',
          '#',
          '---\n',
          '\t',
          '1',
          '~',
          '<<',
          '%',
        ),
        { maxLength: 40 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(yamlish, fc.string()), (text) => {
        for (const { value, origin } of readYaml('a.yaml', text).documents) {
          expect(JSON.parse(JSON.stringify(value))).toEqual(value);
          expect(origin.locate('a[0].b').line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads every JSON value as it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
        const text = JSON.stringify(value);
        const safe = !/-0(?![.\d])|\d{16}|e[+-]?\d/i.test(text);
        if (safe) expect(values(text)).toEqual([JSON.parse(text)]);
      }),
    );
  });
});
