import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { manifestOf } from '../../test/apiserver/cases.ts';
import { COMPLETE_BINDING, COMPLETE_SOURCE } from '../../test/apiserver/contract-examples.ts';
import { renderFinding } from './findings.ts';
import { type Manifests, readManifests, uniteManifests } from './manifests.ts';

const lines = ({ findings }: Manifests): readonly string[] => findings.map(renderFinding);
const counts = ({ set }: Manifests): readonly number[] => [
  set.sources.length,
  set.bindings.length,
  set.secrets.length,
  set.configMaps.length,
  set.namespaces.length,
];

const SOURCE = `apiVersion: portcullis.dev/v1alpha1
kind: AuthenticationSource
metadata: {name: okta}
spec:
  jwt:
    issuer: https://dev-1.okta.com/oauth2/default
    audiences: [api]
`;
const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\nstringData: {k: hello}\n';

describe('readManifests', () => {
  it('reads every kind, and passes over the others', () => {
    const read = readManifests(
      'a.yaml',
      [
        SOURCE,
        stringify(manifestOf('ApiBinding', COMPLETE_BINDING)),
        SECRET,
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {k: v}\n',
        'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: a}}\nspec: {finalizers: [kubernetes]}\n',
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: shop}\nspec: {anything: 1}\n',
      ].join('---\n'),
    );
    expect(lines(read)).toEqual([]);
    expect(counts(read)).toEqual([1, 1, 1, 1, 1]);
    expect(read.passedOver).toMatchObject([{ object: { kind: 'Deployment', namespace: 'shop', name: 'd' } }]);
    expect(read.set.sources[0]?.object.metadata).toEqual({ name: 'okta', namespace: 'default' });
    expect(read.set.namespaces[0]?.object.metadata).toEqual({
      name: 'shop',
      namespace: 'shop',
      labels: { team: 'a' },
    });
    expect(read.set.secrets[0]?.object.data).toEqual(new Map([['k', new TextEncoder().encode('hello')]]));
  });

  it('unwraps Lists, and knows where their items stand', () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        manifestOf('AuthenticationSource', COMPLETE_SOURCE),
        { ...manifestOf('ApiBinding', COMPLETE_BINDING), spec: { source: [] } },
      ],
    };
    const read = readManifests('a.yaml', stringify(list));
    expect(counts(read)).toEqual([1, 0, 0, 0, 0]);
    const line =
      stringify(list)
        .split('\n')
        .findIndex((text) => text.includes('source: []')) + 1;
    expect(read.findings).toMatchObject([{ field: 'spec.source', line, remedy: 'did you mean sources?' }]);
    const typed = {
      ...list,
      apiVersion: 'portcullis.dev/v1alpha1',
      kind: 'AuthenticationSourceList',
      items: list.items.slice(0, 1),
    };
    expect(counts(readManifests('a.yaml', JSON.stringify(typed)))).toEqual([1, 0, 0, 0, 0]);
  });

  it('reads back what kubectl prints, status and server-side metadata included', () => {
    const printed = `${SOURCE}status: {conditions: [], keyCount: 3, inventedLater: true}\n`.replace(
      '{name: okta}',
      '{name: okta, uid: u1, generation: 3, resourceVersion: "7", creationTimestamp: "2026-01-01T00:00:00Z", managedFields: [{manager: kubectl}], annotations: {a: b}}',
    );
    const read = readManifests('a.yaml', printed);
    expect(lines(read)).toEqual([]);
    expect(read.set.sources[0]?.object.metadata).toEqual({
      name: 'okta',
      namespace: 'default',
      generation: 3,
      creationTimestamp: '2026-01-01T00:00:00Z',
      annotations: { a: 'b' },
    });
    expect(
      lines(readManifests('a.yaml', SOURCE.replace('{name: okta}', '{name: okta, creationTimestamp: null}'))),
    ).toEqual([]);
  });

  it('leaves out what an API server alone can vouch for: a copied file keeps it, with other content', () => {
    const copied = (text: string): string =>
      text.replace('{name: ', '{uid: u1, resourceVersion: "7", name: ');
    const { set } = readManifests('a.yaml', `${copied(SOURCE)}---\n${copied(SECRET)}`);
    expect(set.sources[0]?.object.metadata).toEqual({ name: 'okta', namespace: 'default' });
    expect(set.secrets[0]?.object.metadata).toEqual({ name: 's', namespace: 'shop' });
  });

  it.each<[string, string, string]>([
    [
      'a misspelt field',
      SOURCE.replace('audiences', 'audience'),
      'a.yaml:7:5: error: AuthenticationSource default/okta: spec.jwt.audience: unknown field "audience"; did you mean audiences? (Invalid)',
    ],
    [
      'a field that resembles none',
      SOURCE.replace('audiences: [api]', 'x: 1'),
      'spec.jwt.x: unknown field "x"; the fields here are preset, issuer,',
    ],
    [
      'a number where text belongs',
      SOURCE.replace('[api]', '[7]'),
      'spec.jwt.audiences[0]: this must be a string, but is a number; put it in quotes',
    ],
    [
      'a word of YAML 1.1',
      SOURCE.replace('[api]', '[on]'),
      'spec.jwt.audiences[0]: this must be a string, but is true or false; put it in quotes',
    ],
    [
      'a wrong version',
      SOURCE.replace('v1alpha1', 'v1'),
      'a.yaml:1:1: error: AuthenticationSource default/okta: apiVersion: there is no apiVersion "portcullis.dev/v1" of this kind; write portcullis.dev/v1alpha1',
    ],
    [
      'another group',
      SOURCE.replace('portcullis.dev', 'example.com'),
      'there is no apiVersion "example.com/v1alpha1" of this kind',
    ],
    [
      'a misspelt kind',
      SOURCE.replace('AuthenticationSource', 'AuthenticationSources'),
      'kind: portcullis.dev/v1alpha1 has no kind "AuthenticationSources"; did you mean AuthenticationSource?',
    ],
    [
      'a kind of nothing',
      SOURCE.replace('AuthenticationSource', 'Gate'),
      'its kinds are AuthenticationSource and ApiBinding',
    ],
    ['no kind', 'metadata: {name: a}', 'a.yaml:1:1: error: this is no Kubernetes object'],
    ['a list', '[]', 'this is no Kubernetes object'],
    [
      'no metadata',
      SOURCE.replace('metadata: {name: okta}\n', ''),
      'AuthenticationSource default/?: metadata.name: name is required',
    ],
    [
      'a name in capitals',
      SOURCE.replace('name: okta', 'name: Okta'),
      'metadata.name: this is no name that an object can have; use small letters',
    ],
    [
      'a misspelt namespace',
      SOURCE.replace('name: okta', 'name: okta, namespaces: shop'),
      'metadata.namespaces: unknown field "namespaces"; did you mean namespace?',
    ],
    [
      'base64 that is none',
      SECRET.replace('stringData', 'data'),
      'a.yaml:4:8: error: Secret shop/s: data.k: the value is not base64; encode it',
    ],
    [
      'values of Secrets that are no text',
      SECRET.replace('hello', '5'),
      'Secret shop/s: stringData.k: this must be a string',
    ],
    [
      'a misspelt field of a Secret',
      SECRET.replace('stringData', 'stringdata'),
      'unknown field "stringdata"; did you mean stringData?',
    ],
  ])('refuses %s', (_, text, line) => {
    const read = readManifests('a.yaml', text);
    expect(counts(read)).toEqual([0, 0, 0, 0, 0]);
    expect(lines(read)).toEqual([expect.stringContaining(line)]);
  });

  it('says the first fifty of many mistakes', () => {
    const mistakes = Array.from({ length: 60 }, (_, i) => `    x${i}: 1\n`).join('');
    expect(readManifests('a.yaml', SOURCE + mistakes).findings).toHaveLength(50);
  });

  it('never throws', () => {
    const manifest = fc.record({
      apiVersion: fc.constantFrom('v1', 'portcullis.dev/v1alpha1'),
      kind: fc.constantFrom('AuthenticationSource', 'ApiBinding', 'Secret', 'ConfigMap', 'Namespace', 'List'),
      metadata: fc.oneof(fc.constant({ name: 'a' }), fc.jsonValue()),
      spec: fc.oneof(
        fc.jsonValue(),
        fc.dictionary(
          fc.constantFrom('jwt', 'sources', 'rules', 'forward', 'credentials', 'targetRefs'),
          fc.jsonValue(),
        ),
        fc.record({
          jwt: fc.dictionary(
            fc.constantFrom('issuer', 'keys', 'fetch', 'mapping', 'tenants', 'clockSkew'),
            fc.jsonValue(),
          ),
        }),
      ),
      items: fc.jsonValue(),
      data: fc.jsonValue(),
    });
    fc.assert(
      fc.property(manifest, (value) => {
        const { set, findings, passedOver } = readManifests('a.yaml', JSON.stringify(value));
        expect(findings.every(({ remedy, message }) => remedy !== '' && message !== '')).toBe(true);
        expect(Array.isArray(set.sources) && Array.isArray(passedOver)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('uniteManifests', () => {
  const first = readManifests('a.yaml', SOURCE);

  it('unites files in their order', () => {
    const second = readManifests('b.yaml', SOURCE.replace('okta', 'other'));
    const united = uniteManifests([first, second]);
    expect(united.set.sources.map(({ object }) => object.metadata.name)).toEqual(['okta', 'other']);
    expect(united.findings).toEqual([]);
  });

  it('takes the same name in two namespaces for two objects', () => {
    const second = readManifests('b.yaml', SOURCE.replace('name: okta', 'name: okta, namespace: shop'));
    expect(counts(uniteManifests([first, second]))).toEqual([2, 0, 0, 0, 0]);
  });

  it('refuses the second manifest of one object', () => {
    const united = uniteManifests([
      first,
      readManifests('b.yaml', `\n${SOURCE.replace('[api]', '[other]')}`),
    ]);
    expect(united.set.sources).toMatchObject([{ object: { spec: { jwt: { audiences: ['api'] } } } }]);
    expect(lines(united)).toEqual([
      'b.yaml:4:12: error: AuthenticationSource default/okta: metadata.name: AuthenticationSource default/okta is defined already in a.yaml, line 1; remove one of the two, or give it another name (Duplicate)',
    ]);
  });

  it('keeps the findings of files', () => {
    const broken = readManifests('b.yaml', 'a: &x 1');
    expect(uniteManifests([broken, first]).findings).toEqual(broken.findings);
  });
});
