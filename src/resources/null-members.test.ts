import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../base/json.ts';
import { readYaml } from './yaml.ts';

const readings = (text: string): readonly [empty: JsonValue, leftOut: JsonValue | undefined] => {
  const { documents, findings } = readYaml('a.yaml', text);
  expect(findings).toEqual([]);
  const [document] = documents;
  return [document?.value ?? null, document?.leftOut];
};
const of = (kind: string, rest: object) => ({ apiVersion: 'v1', kind, ...rest });

describe('null in a map of texts is an empty text, as it is to API servers', () => {
  it.each<readonly [string, object, object, object]>([
    [
      'labels and annotations',
      of('Thing', { metadata: { labels: { a: null, b: 'c' }, annotations: { d: null } } }),
      of('Thing', { metadata: { labels: { a: '', b: 'c' }, annotations: { d: '' } } }),
      of('Thing', { metadata: { labels: { b: 'c' }, annotations: {} } }),
    ],
    [
      "a pod template's, and what chooses nodes",
      of('Deployment', {
        spec: {
          selector: { matchLabels: { a: null } },
          template: { metadata: { labels: { a: null } }, spec: { nodeSelector: { n: null } } },
        },
      }),
      of('Deployment', {
        spec: {
          selector: { matchLabels: { a: '' } },
          template: { metadata: { labels: { a: '' } }, spec: { nodeSelector: { n: '' } } },
        },
      }),
      of('Deployment', {
        spec: {
          selector: { matchLabels: {} },
          template: { metadata: { labels: {} }, spec: { nodeSelector: {} } },
        },
      }),
    ],
    [
      "a Service's selector",
      of('Service', { spec: { selector: { app: 'web', tier: null } } }),
      of('Service', { spec: { selector: { app: 'web', tier: '' } } }),
      of('Service', { spec: { selector: { app: 'web' } } }),
    ],
    [
      'the data of a ConfigMap',
      of('ConfigMap', { data: { a: null }, binaryData: { b: null } }),
      of('ConfigMap', { data: { a: '' }, binaryData: { b: '' } }),
      of('ConfigMap', { data: {}, binaryData: {} }),
    ],
    [
      'the data of a Secret',
      of('Secret', { data: { a: null }, stringData: { b: null } }),
      of('Secret', { data: { a: '' }, stringData: { b: '' } }),
      of('Secret', { data: {}, stringData: {} }),
    ],
    [
      'the same in Lists',
      of('List', { items: [of('Service', { spec: { selector: { a: null } } }), null] }),
      of('List', { items: [of('Service', { spec: { selector: { a: '' } } }), null] }),
      of('List', { items: [of('Service', { spec: { selector: {} } }), null] }),
    ],
    [
      'the same in Lists of one kind',
      of('ServiceList', { items: [{ spec: { selector: { a: null } } }] }),
      of('ServiceList', { items: [{ spec: { selector: { a: '' } } }] }),
      of('ServiceList', { items: [{ spec: { selector: {} } }] }),
    ],
  ])('%s', (_, written, empty, leftOut) => {
    expect(readings(JSON.stringify(written))).toEqual([empty, leftOut]);
  });

  it('by way of anchors, too', () => {
    const text = `kind: Deployment
labels: &l {a: null, b: c}
spec:
  selector: {matchLabels: *l}
  template: {metadata: {labels: {<<: *l, b: null}}}
`;
    const [empty] = readings(text);
    expect(empty).toEqual({
      kind: 'Deployment',
      labels: { b: 'c' },
      spec: {
        selector: { matchLabels: { a: '', b: 'c' } },
        template: { metadata: { labels: { a: '', b: '' } } },
      },
    });
  });
});

it.each<readonly [string, object, object]>([
  ['the map itself', of('Thing', { metadata: { labels: null } }), of('Thing', { metadata: {} })],
  [
    'the selector of a Deployment',
    of('Deployment', { spec: { selector: { matchLabels: null } } }),
    of('Deployment', { spec: { selector: {} } }),
  ],
  ['data of another kind', of('Thing', { data: { a: null } }), of('Thing', { data: {} })],
  [
    'what is called labels elsewhere',
    of('Thing', { spec: { labels: { a: null } } }),
    of('Thing', { spec: { labels: {} } }),
  ],
  ['a quantity', of('Pod', { spec: { limits: { cpu: null } } }), of('Pod', { spec: { limits: {} } })],
])('null is absent for %s', (_, written, expected) => {
  expect(readings(JSON.stringify(written))).toEqual([expected, undefined]);
});
