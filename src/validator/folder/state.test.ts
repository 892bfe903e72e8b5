import { expect, it } from 'vitest';
import { bindingText, sourceText } from '../testing/manifests.ts';
import type { ManifestFile } from './files.ts';
import { advance, type FolderState, type FolderStep, NO_FILES } from './state.ts';

let stamps = 0;
const file = (name: string, text: string): ManifestFile => ({ name, text, stamp: String(++stamps) });
const bindings = ({ united }: FolderState) => united.set.bindings.map(({ object }) => object.metadata.name);

const a = file('a.yaml', bindingText('a', 'a.example'));
const b = file('b.yaml', bindingText('b', 'b.example'));
const first = advance(NO_FILES, [a, b], []);

it('takes what is good, in the order of the names', () => {
  expect(bindings(first.state)).toEqual(['a', 'b']);
  expect(first).toMatchObject({ changed: true, problems: [], notes: [] });
});

it('what has not changed means what it meant, and its objects are the very same', () => {
  const next = advance(first.state, [a, b], []);
  expect(next.changed).toBe(false);
  expect(next.state.united).toBe(first.state.united);
});

it('one file changes: the others’ objects stay the very same', () => {
  const next = advance(first.state, [file('a.yaml', bindingText('z', 'z.example')), b], []);
  expect(bindings(next.state)).toEqual(['z', 'b']);
  expect(next.state.united.set.bindings[1]).toBe(first.state.united.set.bindings[1]);
});

it.each([
  ['is no YAML', 'kind: [', /^a\.yaml:1:\d+: error: /],
  ['is no object', 'hello', /^a\.yaml:1:1: error: /],
  [
    'breaks the schema',
    bindingText('a', 'a.example').replace('"None"', '"Nobody"'),
    /^a\.yaml:5:\d+: error: ApiBinding default\/a: spec\.rules\[0\]\.authentication: .*; .* \(Invalid\)$/,
  ],
  ['is cut short', bindingText('a', 'a.example').slice(0, -20), /^a\.yaml:\d+:\d+: error: /],
  [
    'has an expression that does not compile',
    bindingText('a', 'a.example').replace(
      '"None"',
      '"Required","require":{"expressions":[{"expression":"nobody"}]}',
    ),
    /^a\.yaml:5:\d+: error: .*nobody.*\(InvalidExpression\)$/,
  ],
  ['is empty', '', /^a\.yaml: the file is empty; delete it/],
])('a file that %s goes on as it was', (_, text, problem) => {
  const next = advance(first.state, [file('a.yaml', text), b], []);
  expect(bindings(next.state)).toEqual(['a', 'b']);
  expect(next.changed).toBe(false);
  expect(next.problems[0]).toMatch(problem);
  expect(next.problems.at(-1)).toBe('a.yaml: its last good state stays in force until it is mended');
});

it('a broken file is reported once, and taken once it is mended', () => {
  const broken = file('a.yaml', 'kind: [');
  const second = advance(first.state, [broken, b], []);
  const third = advance(second.state, [broken, b], []);
  expect(third.problems).toEqual([]);
  const mended = advance(third.state, [file('a.yaml', bindingText('c', 'c.example')), b], []);
  expect(bindings(mended.state)).toEqual(['c', 'b']);
});

it('a broken file that is deleted takes its last good state along', () => {
  const second = advance(first.state, [file('a.yaml', 'kind: ['), b], []);
  const third = advance(second.state, [b], []);
  expect(bindings(third.state)).toEqual(['b']);
  expect(third.changed).toBe(true);
});

it('of a file that was never good, what is good in it counts', () => {
  const text = `${bindingText('c', 'c.example')}---\n${bindingText('d', 'd.example').replace('"None"', '"Nobody"')}`;
  const next: FolderStep = advance(NO_FILES, [file('c.yaml', text)], []);
  expect(bindings(next.state)).toEqual(['c']);
  expect(next.problems).toHaveLength(1);
  // The other binding refuses requests, and does not leave its hosts to another binding.
  expect(next.state.refused).toEqual([expect.objectContaining({ kind: 'ApiBinding' })]);
  const mended = advance(next.state, [file('c.yaml', bindingText('d', 'd.example'))], []);
  expect(mended.state.refused).toEqual([]);
  expect(bindings(mended.state)).toEqual(['d']);
});

it.each([
  ['was empty', ''],
  ['was no YAML', 'kind: ['],
  ['broke the schema', bindingText('d', 'd.example').replace('"None"', '"Nobody"')],
  [
    'did not compile',
    bindingText('d', 'd.example').replace(
      '"None"',
      '"None","require":{"expressions":[{"expression":"nobody"}]}',
    ),
  ],
])('a file that %s from the beginning has no good state to go back to', (_what, before) => {
  const broken = bindingText('d', 'd.example').replace('"None"', '"Anyone"');
  const second = advance(NO_FILES, [file('c.yaml', before)], []);
  const text = `${bindingText('c', 'c.example')}---\n${broken}`;
  const third = advance(second.state, [file('c.yaml', text)], []);
  expect(bindings(third.state)).toEqual(['c']);
  expect(third.state.refused).toEqual([expect.objectContaining({ kind: 'ApiBinding' })]);
  expect(third.problems).toEqual([expect.stringMatching(/^c\.yaml:11:.*Anyone.*\(Invalid\)$/)]);
});

it.each([
  ['is no YAML', 'kind: ['],
  ['is empty', ''],
])('what was good in a file that was never good as a whole stays while it %s', (_what, text) => {
  const broken = bindingText('d', 'd.example').replace('"None"', '"Nobody"');
  const second = advance(NO_FILES, [file('c.yaml', `${bindingText('c', 'c.example')}---\n${broken}`)], []);
  const third = advance(second.state, [file('c.yaml', text)], []);
  expect(third.changed).toBe(false);
  expect(third.state.refused).toEqual(second.state.refused);
  expect(third.problems.at(-1)).toBe('c.yaml: what counted of it stays in force until it is mended');
});

it.each([
  ['is no YAML', (text: string) => text.replace('  sources', '\tsources')],
  ['is of a misspelt kind', (text: string) => text.replace('kind: ApiBinding', 'kind: APIBinding')],
  ['is of a version that does not exist', (text: string) => text.replace('/v1alpha1', '/v1')],
])('a binding that %s from the beginning refuses its hosts', (_what, broken) => {
  const text =
    'apiVersion: portcullis.dev/v1alpha1\nkind: ApiBinding\nspec:\n  hosts: [d.example]\n  sources: []\n';
  const { state } = advance(NO_FILES, [file('d.yaml', broken(text))], []);
  expect(bindings(state)).toEqual([]);
  expect(state.refused).toEqual([
    expect.objectContaining({ spec: expect.objectContaining({ hosts: ['d.example'] }) }),
  ]);
});

it('a file that cannot be read goes on as it was, and is reported once', () => {
  const unreadable = [{ name: 'a.yaml', problem: 'cannot be read (EACCES)' }];
  const second = advance(first.state, [b], unreadable);
  expect(bindings(second.state)).toEqual(['a', 'b']);
  expect(second.problems).toEqual([
    'a.yaml: the file cannot be read (EACCES); its last good state stays in force until it is mended',
  ]);
  expect(advance(second.state, [b], unreadable).problems).toEqual([]);
});

it('an object that is moved to another file is moved', () => {
  const next = advance(first.state, [file('0.yaml', bindingText('a', 'a.example')), b], []);
  expect(bindings(next.state)).toEqual(['a', 'b']);
  expect(next.problems).toEqual([]);
});

it('one object in two files is reported once, and the first counts', () => {
  const copy = file('c.yaml', bindingText('a', 'other.example'));
  const second = advance(first.state, [a, b, copy], []);
  expect(second.problems).toEqual([expect.stringMatching(/^c\.yaml:.*\(Duplicate\)$/)]);
  expect(second.state.united.set.bindings.map(({ object }) => object.spec.hosts)).toEqual([
    ['a.example'],
    ['b.example'],
  ]);
  const third = advance(second.state, [a, file('b.yaml', bindingText('e', 'e.example')), copy], []);
  expect(third.problems).toEqual([]);
});

it('kinds that are none of ours are passed over with one line', () => {
  const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: orders}\n';
  const step = advance(NO_FILES, [file('d.yaml', deployment), file('s.yaml', sourceText())], []);
  expect(step.notes).toEqual([
    expect.stringMatching(/^d\.yaml:1: Deployment default\/orders is passed over/),
  ]);
  expect(step.problems).toEqual([]);
});
