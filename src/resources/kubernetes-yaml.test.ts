import { describe, expect, it } from 'vitest';
import { readManifests } from './manifests.ts';
import { readYaml } from './yaml.ts';

const HEAD = 'apiVersion: v1\nkind: Thing\n';
const dataOf = (text: string) => {
  const { documents, findings } = readYaml('a.yaml', `${HEAD}${text}`);
  expect(findings).toEqual([]);
  const [{ value } = { value: null }] = documents;
  const { apiVersion: _, kind: __, ...data } = value as Record<string, unknown>;
  return data;
};
const messagesOf = (text: string) =>
  readYaml('a.yaml', `${HEAD}${text}`).findings.map(({ message }) => message);

describe('objects of others are read as kubectl reads them', () => {
  it.each<readonly [string, unknown]>([
    ...([
      ['0400', 256],
      ['0755', 493],
      ['-0400', -256],
      ['0o400', 256],
      ['0_400', 256],
      ['08', 8],
      ['0800', 800],
    ] as const),
    ...([
      ['0b101', 5],
      ['-0b1', -1],
      ['0x1F', 31],
      ['1_000', 1000],
      ['+12', 12],
      ['1:30', '1:30'],
      ['.5', 0.5],
    ] as const),
    ...([
      ['1.', 1],
      ['1e3', 1000],
      ['1e400', '1e400'],
      ['._5', '._5'],
      ['0x', '0x'],
      ['2001-01-01', '2001-01-01'],
    ] as const),
    ...([
      ['yes', true],
      ['Off', false],
      ['y', true],
      ['N', false],
      ['yEs', 'yEs'],
      ['"0400"', '0400'],
      ['"yes"', 'yes'],
    ] as const),
    ...([
      ['!!str 0400', '0400'],
      ['!!int "5"', 5],
      ['!!binary aGk=', 'hi'],
      ['!env X', 'X'],
      ['! 5', '5'],
    ] as const),
  ])('%s', (written, value) => {
    expect(dataOf(`a: ${written}\n`)).toEqual({ a: value });
  });

  it('expands anchors, aliases and merge keys: what stands later counts', () => {
    expect(dataOf('a: &x {p: 1, q: 2}\nb: *x\nc: {<<: *x, p: 3}\nd: {p: 3, <<: *x}\n')).toEqual({
      a: { p: 1, q: 2 },
      b: { p: 1, q: 2 },
      c: { p: 3, q: 2 },
      d: { p: 1, q: 2 },
    });
    expect(dataOf('a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc:\n  <<: [*x, *y]\n').c).toEqual({ p: 1, q: 2 });
  });

  it('has no members that are null, and the last of two', () => {
    expect(dataOf('a: null\nb: ~\nc:\nd: [null]\ne: 1\ne: 2\n1: x\nyes: z\n')).toEqual({
      d: [null],
      e: 2,
      1: 'x',
      true: 'z',
    });
  });

  it.each([
    ['an alias of what is not read yet', 'a: &x [*x]', 'no anchor that ends before it'],
    ['a merge of text', 'a: {<<: b}', 'no map'],
    ['infinity', 'a: .inf', 'no such number'],
    ['a wrong tag', 'a: !!int x', 'its tag'],
    ['null as a name', '~: a', 'not a string'],
  ])('refuses %s', (_, text, message) => {
    expect(messagesOf(text)).toEqual([expect.stringContaining(message)]);
  });

  it('refuses aliases that multiply, in width and in depth', () => {
    const wide = Array.from({ length: 40 }, (_, i) => `a${i}: &a${i} [${i ? `*a${i - 1}, *a${i - 1}` : 1}]`);
    expect(messagesOf(wide.join('\n'))).toEqual([expect.stringContaining('larger than 1.5 MiB')]);
    const merged = Array.from(
      { length: 40 },
      (_, i) => `a${i}: &a${i} {l: {${i ? `<<: *a${i - 1}` : 'b: 1'}}, m: {${i ? `<<: *a${i - 1}` : ''}}}`,
    );
    expect(messagesOf(merged.join('\n'))).toEqual([expect.stringMatching(/larger than 1.5 MiB|nested/)]);
    const deep = Array.from({ length: 80 }, (_, i) => `a${i}: &a${i} [${i ? `*a${i - 1}` : 1}]`);
    expect(messagesOf(deep.join('\n'))).toEqual([expect.stringContaining('nested more than 64 deep')]);
    const long = `a: &a "${'x'.repeat(100_000)}"\nb: [${'*a, '.repeat(20)}]`;
    expect(messagesOf(long)).toEqual([expect.stringContaining('larger than 1.5 MiB')]);
  });

  it('passes over null in Lists, and reads our objects in them strictly', () => {
    const list = (item: string) =>
      readManifests('a.yaml', `apiVersion: v1\nkind: List\nitems:\n- null\n- ${item}\n-\n`);
    const configMap = list('{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: null}');
    expect(configMap.findings).toEqual([]);
    expect(configMap.set.configMaps).toHaveLength(1);
    const own = list('{apiVersion: portcullis.dev/v1alpha1, kind: ApiBinding, metadata: &m {name: a}}');
    expect(own.findings).toMatchObject([{ field: 'items[1].metadata', reason: 'Unreadable' }]);
  });
});
