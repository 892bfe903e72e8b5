/** Every rule of the schemas refuses and accepts offline, by the cases that a real API server is tested with. */

import { describe, expect, it } from 'vitest';
import { type Kind, manifestOf } from '../../test/apiserver/cases.ts';
import { EXAMPLES, SMALLEST_BINDING } from '../../test/apiserver/contract-examples.ts';
import { RULE_CASES } from '../../test/apiserver/crd-cases.ts';
import { STRUCTURE_CASES } from '../../test/apiserver/structure-cases.ts';
import type { JsonObject } from '../base/json.ts';
import { apiBinding, authenticationSource, type Typed } from './typed.ts';

const READ: Readonly<Record<Kind, (value: JsonObject) => Typed<unknown>>> = {
  AuthenticationSource: (value) => authenticationSource(value, undefined),
  ApiBinding: (value) => apiBinding(value, undefined),
};

const problems = (kind: Kind, spec: JsonObject): readonly string[] => {
  const typed = READ[kind](manifestOf(kind, spec));
  return typed.kind === 'typed' ? [] : typed.findings.map(({ message }) => message);
};

describe.each(Object.keys(READ) as Kind[])('the rules of %s', (kind) => {
  it.each(RULE_CASES[kind])('$at: $says', ({ says, refused, accepted }) => {
    const said = problems(kind, refused);
    expect(said.filter((message) => message.includes(says))).toHaveLength(1);
    expect(said).toHaveLength(1);
    expect(problems(kind, accepted)).toEqual([]);
  });
});

describe('the structure', () => {
  it.each(STRUCTURE_CASES)('$kind: $what', ({ kind, refused, accepted }) => {
    expect(problems(kind, refused)).toHaveLength(1);
    expect(problems(kind, accepted)).toEqual([]);
  });
});

describe('names', () => {
  it.each([
    ['a.b-c.1', []],
    ['a..b', [expect.stringContaining('no name that an object can have')]],
    ['a.-b', [expect.stringContaining('no name that an object can have')]],
  ])('%s', (name, said) => {
    const manifest = manifestOf('ApiBinding', SMALLEST_BINDING);
    const typed = apiBinding({ ...manifest, metadata: { name } }, undefined);
    expect(typed.kind === 'typed' ? [] : typed.findings.map(({ message }) => message)).toEqual(said);
  });
});

describe('null', () => {
  it.each(['audiences', 'fetch', 'clockSkew'])('is no way to leave %s out', (field) => {
    const spec = { jwt: { issuer: 'https://id.example.com', [field]: null } };
    expect(problems('AuthenticationSource', spec)).toEqual([expect.stringContaining('empty (null)')]);
  });
});

describe('a label that is null', () => {
  it('is an empty one', () => {
    const metadata = { name: 'a', labels: { a: null, b: 'c' }, annotations: { d: null } };
    const typed = apiBinding({ ...manifestOf('ApiBinding', SMALLEST_BINDING), metadata }, undefined);
    expect(typed).toMatchObject({
      kind: 'typed',
      object: { metadata: { labels: { a: '', b: 'c' }, annotations: { d: '' } } },
    });
  });

  it('chooses nothing in a selector of ours', () => {
    const spec = {
      ...SMALLEST_BINDING,
      targetRefs: undefined,
      podSelector: { matchLabels: { a: null, b: 'c' } },
    };
    expect(problems('ApiBinding', JSON.parse(JSON.stringify(spec)))).toEqual([
      expect.stringContaining('empty (null)'),
    ]);
  });
});

describe('the examples of the documentation', () => {
  it.each(EXAMPLES)('%s', (_, kind, spec) => {
    expect(problems(kind, spec)).toEqual([]);
  });
});
