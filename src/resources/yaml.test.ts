import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../base/json.ts';
import { MAX_DOCUMENT_LENGTH, MAX_FILE_LENGTH, readYaml } from './yaml.ts';
import { MAX_DEPTH } from './yaml-problems.ts';

const values = (text: string): readonly JsonValue[] =>
  readYaml('a.yaml', text).documents.map(({ value }) => value);
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

const SECOND_OBJECT = 'a second JSON object stands behind the first';
const MARK = 'a byte order mark (U+FEFF) stands before this line';

describe('readYaml', () => {
  it.each<[string, string, string, number, number]>([
    ['on one line', '{"a": 1}{"b": 2}', SECOND_OBJECT, 1, 9],
    ['on a line of its own', '{"a": 1}\n{"b": 2}\n', SECOND_OBJECT, 2, 1],
    // Here kubectl passes over the second, without a word.
    ['in a document of YAML', '---\n{"a": 1}\n\n {"b": 2}\n', SECOND_OBJECT, 4, 2],
    ['behind a comment', '# c\n{"a": 1}\n{"b": 2}\n', SECOND_OBJECT, 3, 1],
    ['in a later document', 'c: 1\n---\n{"a": 1}\n{"b": 2}\n', SECOND_OBJECT, 4, 1],
    ['where a comma is missing', '{"a": {"b": 1} {"c": "}"}}', 'out of place', 1, 16],
    ['behind something else', '{"a": 1}\nb {"b": 2}\n', 'out of place', 2, 1],
    ['a list, as text that is no object', '{"a": 1}\n[{"b": 2}]\n', 'out of place', 2, 1],
  ])('refuses JSON behind JSON: %s', (_, text, message, line, column) => {
    const { documents, findings } = readYaml('a.yaml', text);
    expect(documents).toHaveLength(text.startsWith('c') ? 1 : 0);
    expect(findings).toEqual([
      expect.objectContaining({ line, column, message: expect.stringContaining(message) }),
    ]);
  });

  it('says how to write several JSON objects', () => {
    const [found] = readYaml('a.json', '{"a": 1}\n{"b": 2}\n').findings;
    expect(found?.remedy).toBe('put a line with --- between them, or make them the items of a List');
  });

  it.each<[string, string, number]>([
    ['before the end of a document', 'a: 1\n\uFEFF---\nb: 2\n', 2],
    ['within a document', 'a:\n\uFEFF  b: 1\n', 2],
    ['behind the first member', 'a: 1\n\uFEFFb: 1\n', 2],
    ['twice at the start', '\uFEFF\uFEFFa: 1\n', 1],
    ['twice before a document', 'c: 1\n---\n\uFEFF\uFEFFa: 1\n', 3],
    ['alone at the end', 'a: 1\n\uFEFF\n', 2],
  ])('refuses a byte order mark %s', (_, text, line) => {
    const { documents, findings } = readYaml('a.yaml', text);
    expect(documents).toHaveLength(text.startsWith('c') ? 1 : 0);
    expect(findings).toEqual([
      expect.objectContaining({
        line,
        message: MARK,
        remedy: 'take it away: it is not seen in most editors',
      }),
    ]);
  });

  it('knows the place of a document behind a byte order mark in the text as it came', () => {
    const text = 'a: 1\n---\n\uFEFFb: 2\nc: 3\n';
    const [, second] = readYaml('a.yaml', text).documents;
    expect(text.slice(...(second?.range ?? []))).toBe('b: 2\nc: 3\n');
    expect(second?.origin.locate('c')).toEqual({ line: 4, column: 1 });
  });

  it.each<[string, string, readonly JsonValue[]]>([
    ['one document', 'a: {b: [1, true, null, "x"]}', [{ a: { b: [1, true, null, 'x'] } }]],
    ['JSON', '{"a": 1.5}', [{ a: 1.5 }]],
    ['several documents', 'a: 1\n---\nb: 2\n...\n---\nc: 3\n', [{ a: 1 }, { b: 2 }, { c: 3 }]],
    ['empty documents and comments', '---\n# nothing\n---\na: 1\n---\n', [{ a: 1 }]],
    ['an empty file', '', []],
    ['a byte order mark', '\uFEFFa: 1', [{ a: 1 }]],
    ['a byte order mark before a later document', 'a: 1\n---\n\uFEFFb: 2', [{ a: 1 }, { b: 2 }]],
    ['one behind comments', 'a: 1\n--- # c\r\n\n# d\r\n\uFEFF# e\r\nb: 2', [{ a: 1 }, { b: 2 }]],
    ['one before JSON', 'a: 1\n---\n\uFEFF{"b": 2}\n', [{ a: 1 }, { b: 2 }]],
    ['one in text', 'a: "x\uFEFFy"\nb: |\n  \uFEFFz\n', [{ a: 'x\uFEFFy', b: '\uFEFFz\n' }]],
    ['JSON documents', '{"a": 1}\n---\n{"b": 2}\n', [{ a: 1 }, { b: 2 }]],
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
