import { describe, expect, it } from 'vitest';
import { namespace, resourcesOf, source } from './compile.fixture.ts';
import { permits } from './grants.ts';

const known = resourcesOf(
  namespace('shop', '{team: web, tier: "1"}'),
  namespace('bare'),
  namespace('liar', '{kubernetes.io/metadata.name: shop}'),
).namespaces;
const find = (name: string) => known.find(({ object }) => object.metadata.name === name)?.object;

function allows(allowedNamespaces: string, name: string, keys = 'issuer: "https://id.example"'): boolean {
  const [located] = resourcesOf(
    source('identity/okta', keys, `, allowedNamespaces: ${allowedNamespaces}`),
  ).sources;
  if (located === undefined) throw new Error('no source');
  return permits(located.object, name, find(name));
}

describe('permits', () => {
  it.each([
    ['{from: Same}', 'identity', true],
    ['{from: Same}', 'shop', false],
    ['{}', 'shop', false],
    ['{from: All}', 'shop', true],
    ['{from: All}', 'unheard-of', true],
    ['{from: Selector, selector: {matchLabels: {team: web}}}', 'shop', true],
    ['{from: Selector, selector: {matchLabels: {team: web, tier: "2"}}}', 'shop', false],
    ['{from: Selector, selector: {matchLabels: {team: web}}}', 'bare', false],
    ['{from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: bare}}}', 'bare', true],
    ['{from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: bare}}}', 'shop', false],
    ['{from: Selector, selector: {matchExpressions: [{key: team, operator: DoesNotExist}]}}', 'bare', true],
    [
      '{from: Selector, selector: {matchExpressions: [{key: team, operator: DoesNotExist}]}}',
      'unheard-of',
      false,
    ],
    ['{from: Selector, selector: {matchLabels: {team: web}}}', 'identity', false],
    // A namespace that nothing is known of has its name all the same.
    [
      '{from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: unheard-of}}}',
      'unheard-of',
      true,
    ],
    ['{from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: shop}}}', 'unheard-of', false],
    [
      '{from: Selector, selector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [shop]}]}}',
      'unheard-of',
      true,
    ],
    [
      '{from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: unheard-of}, matchExpressions: [{key: team, operator: DoesNotExist}]}}',
      'unheard-of',
      false,
    ],
    ['{from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: shop}}}', 'liar', false],
    ['{from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: liar}}}', 'liar', true],
  ])('%s for %s: %s', (allowedNamespaces, name, permitted) => {
    expect(allows(allowedNamespaces, name)).toBe(permitted);
  });

  it('never lets a shared secret out of its namespace, whatever a grant says', () => {
    const [located] = resourcesOf(
      source('identity/hmac', 'keys: {hmac: [{secretKeyRef: {name: s, key: k}}]}'),
    ).sources;
    if (located === undefined) throw new Error('no source');
    const { object } = located;
    const widened = { ...object, spec: { ...object.spec, allowedNamespaces: { from: 'All' } as const } };
    expect(permits(widened, 'shop', find('shop'))).toBe(false);
    expect(permits(widened, 'identity', undefined)).toBe(true);
  });
});
