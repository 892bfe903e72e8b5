import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FieldPath, formatField, parseField } from './fields.ts';

const TABLE: readonly (readonly [FieldPath, string])[] = [
  [[], ''],
  [['spec'], 'spec'],
  [['spec', 'rules', 0, 'match'], 'spec.rules[0].match'],
  [['items', 12, 'metadata'], 'items[12].metadata'],
  [['metadata', 'labels', 'app.kubernetes.io/name'], 'metadata.labels["app.kubernetes.io/name"]'],
  [['data', 'a"b\\c'], 'data["a\\"b\\\\c"]'],
  [['data', '0'], 'data["0"]'],
];

describe('field paths', () => {
  it.each(TABLE)('%j is %s', (path, text) => {
    expect(formatField(path)).toBe(text);
    expect(parseField(text)).toEqual(path);
  });

  it('reads the fieldPaths of schemas, which begin with a dot', () => {
    expect(parseField('.jwt.issuer')).toEqual(['jwt', 'issuer']);
  });

  it('reads what it wrote, whatever the names', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.nat())), (path) => {
        expect(parseField(formatField(path))).toEqual(path);
      }),
    );
  });
});
