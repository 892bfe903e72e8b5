import { describe, expect, it } from 'vitest';
import { readYaml } from './yaml.ts';

const TEXT = `# A comment first
kind: A
---

  kind: B
  spec:
    rules:
      - name: one
      - {name: two,
         match: {paths: []}}
    labels:
      app.kubernetes.io/name: x
---
{"kind": "C", "spec": null}
`;

describe('locate', () => {
  const [a, b, c] = readYaml('a.yaml', TEXT).documents;

  it.each([
    ['', 5, 3],
    ['kind', 5, 3],
    ['spec', 6, 3],
    ['spec.rules[0].name', 8, 9],
    ['spec.rules[1]', 9, 9],
    ['spec.rules[1].match.paths', 10, 18],
    ['spec.labels["app.kubernetes.io/name"]', 12, 7],
    // What is not there is found around it.
    ['spec.jwt.issuer', 6, 3],
    ['spec.rules[7].name', 7, 5],
    ['spec.rules.name', 7, 5],
    ['kind.name', 5, 3],
    ['nothing', 5, 3],
  ])('%j stands at %d:%d', (field, line, column) => {
    expect(b?.origin.file).toBe('a.yaml');
    expect(b?.origin.locate(field)).toEqual({ line, column });
  });

  it('counts from the beginning of the file', () => {
    expect(a?.origin.locate('kind')).toEqual({ line: 2, column: 1 });
    expect(c?.origin.locate('spec')).toEqual({ line: 14, column: 15 });
    expect(c?.origin.locate('spec.x')).toEqual({ line: 14, column: 15 });
  });
});
