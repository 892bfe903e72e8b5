import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { salvageBinding } from './salvage.ts';
import { readYaml } from './yaml.ts';

const salvaged = (text: string) => readYaml('a.yaml', text).salvaged;
const hosts = (text: string) => salvaged(text).map(({ spec }) => Object(spec).hosts);

it.each([
  ['a tab before what comes after', 'kind: ApiBinding\nspec:\n  hosts: [pay.test]\n\trules: []\n'],
  ['a tab before them', 'kind: ApiBinding\nspec:\n\thosts: [pay.test]\n'],
  ['a bracket that is not closed', 'kind: ApiBinding\nspec:\n  hosts: [pay.test\n  sources: [{name: a}]\n'],
  ['a quote that is not closed', 'kind: ApiBinding\nspec:\n  hosts:\n  - pay.test\n  realm: "x\n'],
  ['a member twice', 'kind: ApiBinding\nspec:\n  hosts: [pay.test]\n  mode: Audit\n  mode: Audit\n'],
  ['an alias', 'kind: ApiBinding\nspec:\n  hosts: [pay.test]\n  sources: &s []\n  rules: *s\n'],
  ['everything one level too deep', 'a: b: c\nkind: ApiBinding\nspec:\n  hosts: [pay.test]\n'],
])('hosts are found in spite of %s', (_, text) => {
  expect(hosts(text)).toEqual([expect.arrayContaining(['pay.test'])]);
});

it('name and forwarded headers are found, too', () => {
  const text =
    'kind: ApiBinding\nmetadata: {name: pay}\nspec:\n  forward: {user: x-who}\n\thosts: [pay.test]\n';
  expect(salvaged(text)).toEqual([
    {
      kind: 'ApiBinding',
      metadata: { name: 'pay' },
      spec: { hosts: ['pay.test'], forward: { user: 'x-who' } },
    },
  ]);
});

it.each([
  ['documents that can be read', 'kind: ApiBinding\nspec:\n  hosts: [pay.test]\n'],
  ['other kinds', 'kind: Secret\nspec:\n  hosts: [pay.test]\n\ta: b\n'],
  ['no object at all', '[a, b'],
])('nothing is salvaged of %s', (_, text) => {
  expect(salvaged(text)).toEqual([]);
});

it('whatever is written: nothing throws', () => {
  const part = fc.constantFrom(
    'kind: ApiBinding\n',
    'spec:\n',
    '  hosts: [a]\n',
    '\t',
    '&a ',
    '*a',
    '? ',
    '<<: ',
    '!x ',
    '- ',
    '{',
    '"',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 12 }), (parts) => {
      const { contents } = parseDocument(parts.join(''), { uniqueKeys: false });
      if (contents !== null) salvageBinding(contents);
      salvaged(parts.join(''));
    }),
  );
});
