import { expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { bindingText, sourceText } from '../testing/manifests.ts';
import type { ManifestFile } from './files.ts';
import { changesOf, NOTHING_STANDS, type Standings, standingsOf } from './standing.ts';
import { advance, type FolderState, NO_FILES } from './state.ts';

type Texts = Readonly<Record<string, string>>;

/** One look after the other, and what is said after each. */
function looks(...folders: readonly Texts[]): readonly (readonly string[])[] {
  let files: readonly ManifestFile[] = [];
  let state: FolderState = NO_FILES;
  let before: Standings = NOTHING_STANDS;
  return folders.map((folder) => {
    files = Object.entries(folder).map(
      ([name, text]) =>
        files.find((file) => file.name === name && file.text === text) ?? { name, text, stamp: text },
    );
    ({ state } = advance(state, files, []));
    const compiled = compile({
      resources: state.united.set,
      keySets: new Map(),
      allowInsecureHttp: true,
      secretRevision: () => '',
    });
    const after = standingsOf(state, compiled);
    const changes = changesOf(before, after);
    before = after;
    return changes.map(({ file, line, isMended }) => {
      expect(line).toContain(file);
      return `${isMended ? 'info' : 'warn'} ${line}`;
    });
  });
}

const source = sourceText();
const a = bindingText('a', 'a.example', 'Required');
const good = { 'a.yaml': a, 'source.yaml': source };
const lost = 'what needs a token gets 503 keys_unavailable';

it('says nothing of what is good at the start, nor of what stays as it is', () => {
  expect(looks(good, good)).toEqual([[], []]);
});

it('says once that a change is in force, and a new file', () => {
  const edited = { ...good, 'a.yaml': bindingText('a', 'b.example') };
  expect(looks(good, edited, edited, { ...edited, 'c.yaml': bindingText('c', 'c.example') })).toEqual([
    [],
    ['info a.yaml: in force'],
    [],
    ['info c.yaml: in force'],
  ]);
});

it('says that a file is mended, also where it is as it was before it broke', () => {
  const broken = { ...good, 'a.yaml': 'kind: [' };
  expect(looks(good, broken, broken, good)).toEqual([[], [], [], ['info a.yaml: mended, in force']]);
});

it('says what a binding does without a source that is not there, and at each change of it', () => {
  const misspelt = { ...good, 'a.yaml': a.replace('okta', 'otka') };
  const other = { ...good, 'a.yaml': a.replace('okta', 'otka').replace('a.example', 'b.example') };
  const line =
    'warn a.yaml: until its errors are mended, ApiBinding default/a is in force without ' +
    `AuthenticationSource default/otka, and no other source is left: ${lost}`;
  expect(looks(misspelt, misspelt, other, good)).toEqual([
    [line],
    [],
    [line],
    ['info a.yaml: mended, in force'],
  ]);
});

it('where another source is left, its tokens are taken', () => {
  const two = a.replace('[{"name":"okta"}]', '[{"name":"okta"},{"name":"otka"}]');
  expect(looks({ ...good, 'a.yaml': two })).toEqual([
    [
      'warn a.yaml: until its errors are mended, ApiBinding default/a is in force without AuthenticationSource default/otka, whose tokens it refuses',
    ],
  ]);
});

it('promises no refusal of a binding that refuses nothing', () => {
  const audit = a.replace('okta', 'otka').replace('{"targetRefs"', '{"mode":"Audit","targetRefs"');
  expect(looks({ ...good, 'a.yaml': audit })).toEqual([
    [
      'warn a.yaml: until its errors are mended, ApiBinding default/a is in force without AuthenticationSource default/otka',
    ],
  ]);
});

it('a file whose trouble another one has made is mended with that one', () => {
  const renamed = { ...good, 'source.yaml': sourceText({ name: 'other' }) };
  expect(looks(good, renamed, good)).toEqual([
    [],
    [
      expect.stringMatching(/^warn a\.yaml: until its errors are mended, .* is in force without /),
      'info source.yaml: in force, without AuthenticationSource default/okta',
    ],
    [
      'info a.yaml: mended, in force',
      'info source.yaml: in force, without AuthenticationSource default/other',
    ],
  ]);
});

it('says what goes with a file that is gone', () => {
  expect(looks(good, { 'source.yaml': source })).toEqual([
    [],
    [
      'info a.yaml is gone, and with it ApiBinding default/a: requests that no other binding guards get 403 host_unbound',
    ],
  ]);
  const [, changes] = looks(good, { 'a.yaml': a });
  expect(changes).toContain('info source.yaml is gone, and with it AuthenticationSource default/okta');
});

it('what has moved to another file is not gone', () => {
  expect(looks(good, { 'b.yaml': a, 'source.yaml': source })).toEqual([
    [],
    ['info a.yaml is gone', 'info b.yaml: in force'],
  ]);
});

it('says which objects are taken out of a file that stays, and names only some of many', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const many = names.map((name) => bindingText(name, `${name}.example`)).join('---\n');
  expect(looks({ 'm.yaml': many }, { 'm.yaml': bindingText('a', 'a.example') }).at(-1)).toEqual([
    expect.stringMatching(/^warn m\.yaml: until its errors are mended/),
  ]);
  expect(
    looks(
      { 'm.yaml': many, 'source.yaml': source },
      { 'm.yaml': bindingText('a', 'a.example'), 'source.yaml': source },
    ).at(-1),
  ).toEqual([
    'info m.yaml: in force, without ApiBinding default/b, ApiBinding default/c, ApiBinding default/d and 1 more: requests that no other binding guards get 403 host_unbound',
  ]);
});

it.each([
  ['breaks the schema', '"Nobody"'],
  ['does not compile', '"Required","require":{"expressions":[{"expression":"nobody"}]}'],
])('a binding that %s from the beginning refuses, and says so', (_what, authentication) => {
  const broken = a.replace('"Required"', authentication);
  expect(looks({ ...good, 'a.yaml': broken }, good)).toEqual([
    [
      'warn a.yaml: until its errors are mended, ApiBinding default/a answers 503 binding_invalid to all its requests',
    ],
    ['info a.yaml: mended, in force'],
  ]);
});

it.each([
  ['a line break', '"a\\nb"', 'default/a b'],
  ['a name that is too long for one', `"${'x'.repeat(300)}"`, `default/${'x'.repeat(253)}…`],
  ['a name that is no text', '[a]', 'default/'],
])('shows %s in one short line', (_what, name, shown) => {
  const broken = a.replace('  name: a\n', `  name: ${name}\n`).replace('"Required"', '"Nobody"');
  expect(looks({ ...good, 'a.yaml': broken })).toEqual([
    [
      `warn a.yaml: until its errors are mended, ApiBinding ${shown} answers 503 binding_invalid to all its requests`,
    ],
  ]);
});

it('one object in two files is said of the second, and its twin is in force', () => {
  expect(looks(good, { ...good, 'b.yaml': a }, good)).toEqual([
    [],
    ['warn b.yaml: until its errors are mended, what has none is in force'],
    ['info b.yaml is gone'],
  ]);
});
