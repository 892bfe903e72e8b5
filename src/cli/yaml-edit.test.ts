import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { JsonValue } from '../base/json.ts';
import { readYaml } from '../resources/yaml.ts';
import { editYaml } from './yaml-edit.ts';

const edit = (text: string, change: (value: never) => unknown) => {
  const [{ value } = { value: null }] = readYaml('', text).documents;
  return editYaml(text, value, change(structuredClone(value) as never) as JsonValue);
};

describe('editYaml', () => {
  it('leaves comments, quotes and order as they are', () => {
    const text = `# the app
kind: Deployment   # ours
apiVersion: apps/v1
spec:
    replicas: 0x2
    list:
    # the first
    - name: 'web'   # it
      mode: 0400
      ports: [{containerPort: 80}]  # open

    - {name: b}
    script: |
      a

      b
# end
`;
    const edited = edit(text, (value: { spec: Record<string, unknown> & { list: object[] } }) => ({
      ...value,
      spec: {
        ...value.spec,
        list: [{ name: 'first' }, { ...value.spec.list[0], probe: 1 }, value.spec.list[1], { name: 'last' }],
        added: { x: 'yes' },
      },
    }));
    expect(edited).toBe(`# the app
kind: Deployment   # ours
apiVersion: apps/v1
spec:
    replicas: 0x2
    list:
    - name: first
    # the first
    - name: 'web'   # it
      mode: 0400
      ports: [{containerPort: 80}]  # open
      probe: 1

    - {name: b}
    - name: last
    script: |
      a

      b
    added:
      x: "yes"
# end
`);
  });

  it.each<[string, string, (value: never) => unknown, string]>([
    ['Windows line ends', 'a: 1\r\nb: 2\r\n', () => ({ a: 1, b: 2, c: 3 }), 'a: 1\r\nb: 2\r\nc: 3\r\n'],
    ['a missing line end', 'a: 1', () => ({ a: 1, c: 3 }), 'a: 1\nc: 3'],
    ['what is taken away', 'a: 1 # x\nb: 2 # y\nc: 3\n', () => ({ a: 1, c: 3 }), 'a: 1 # x\nc: 3\n'],
    ['what is taken away first', '- a: 1\n  b: 2\n', () => [{ b: 2 }], '- b: 2\n'],
    ['an item that is taken away', 'l:\n- a\n- b # x\n- c\n', () => ({ l: ['a', 'c'] }), 'l:\n- a\n- c\n'],
    [
      'null that is filled',
      'kind: A\nv:\nw: 1\n',
      (v: object) => ({ ...v, v: [1] }),
      'kind: A\nv:\n  - 1\nw: 1\n',
    ],
    [
      'objects of a List, and what is null in it',
      'kind: List\nitems:\n- # none\n- kind: A # x\n  metadata: {name: a}\n- kind: B\n  metadata: {name: b}\n  c: 1 # y\n',
      ({ items }: { items: object[] }) => ({ kind: 'List', items: [null, items[1], { ...items[2], c: 2 }] }),
      'kind: List\nitems:\n- # none\n- kind: A # x\n  metadata: {name: a}\n- kind: B\n  metadata: {name: b}\n  c: 2 # y\n',
    ],
    [
      'quotes of what changes',
      "a: '/b' # x\nb: /c\n",
      () => ({ a: '/d', b: '/e?f' }),
      "a: '/d' # x\nb: /e?f\n",
    ],
    [
      'the place of what makes way',
      'a: 1\nb: 2 # x\nc: 3\n',
      () => ({ a: 1, d: 4, c: 3 }),
      'a: 1\nd: 4 # x\nc: 3\n',
    ],
    [
      'null beside what goes',
      'kind: A\na:\n  b: null\n  c: 1\n',
      () => ({ kind: 'A', a: {} }),
      'kind: A\na:\n  b: null\n',
    ],
    ['flow style', 'a: {b: 1} # x\nc: 1\n', () => ({ a: { b: 2 }, c: 1 }), 'a:\n  b: 2 # x\nc: 1\n'],
    ['text blocks', 'a: |\n  x\nb: 1\n', () => ({ a: 'y', b: 1 }), 'a: "y"\nb: 1\n'],
  ])('keeps %s', (_, text, change, expected) => {
    expect(edit(text, change)).toBe(expected);
  });

  it.each([
    ['flow style throughout', '{"a": 1}', { a: 2 }],
    ['another order', '- a\n- b\n', ['b', 'a']],
  ])('does not change %s in parts', (_, text, wanted) => {
    expect(edit(text, () => wanted)).toBeUndefined();
  });

  it('says what is wanted, or nothing', () => {
    const name = fc.constantFrom('name', 'a', 'b', 'yes', '0400', 'c d');
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('x', 'y\nz\n', 1, true, '', '# x', ' a'),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(name, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const document = fc.dictionary(name, value, { minKeys: 1 }).map((data) => ({ kind: 'A', data }));
    let edited = 0;
    fc.assert(
      fc.property(document, document, fc.boolean(), (before, after, isIndented) => {
        const text = stringify(before, {
          indentSeq: isIndented,
          aliasDuplicateObjects: false,
          version: '1.1',
        });
        const [read] = readYaml('', text).documents;
        const wanted = JSON.parse(JSON.stringify(after)) as JsonValue;
        const result = editYaml(text, read?.value ?? null, wanted);
        if (result === undefined) return;
        edited += 1;
        expect(readYaml('', result).documents.map((one) => one.value)).toEqual([wanted]);
      }),
    );
    expect(edited).toBeGreaterThan(0);
  });
});
