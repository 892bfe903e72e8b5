import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../base/json.ts';
import { jsonPatch } from './patch.ts';
import { applyPatch } from './testing/apply-patch.ts';
import { guarded, pod, web } from './testing/pods.ts';

const json: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<JsonValue>(null, true, 0, 1, '', 'a', '/', '~'),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.constantFrom('name', 'a', 'b', 'x/y', 'x~y', ''), tie('value'), { maxKeys: 4 }),
    fc.record({ name: fc.constantFrom('a', 'b', 'c'), value: tie('value') }),
  ),
})).value;

describe('jsonPatch', () => {
  it('makes the one of the other', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        expect(applyPatch(before, jsonPatch(before, after))).toEqual(after);
      }),
      { numRuns: 2000 },
    );
  });

  it('is empty where there is nothing to do, whatever the order of members', () => {
    expect(jsonPatch({ a: 1, b: [{}] }, { b: [{}], a: 1 })).toEqual([]);
  });

  it('puts items in, and leaves the others as they are', () => {
    const before = { list: [{ name: 'a', v: 1 }, { name: 'b' }] };
    const after = { list: [{ name: 'x' }, { name: 'a', v: 2 }, { name: 'b' }, { name: 'y' }] };
    expect(jsonPatch(before, after)).toEqual([
      { op: 'add', path: '/list/0', value: { name: 'x' } },
      { op: 'replace', path: '/list/1/v', value: 2 },
      { op: 'add', path: '/list/3', value: { name: 'y' } },
    ]);
  });

  it('goes along lists as long as a pod can hold', () => {
    const items = Array.from({ length: 40_000 }, (_, index) => ({ name: `v${index}` }));
    const ours = { name: 'x' };
    expect(jsonPatch({ list: items }, { list: [...items, ours] })).toEqual([
      { op: 'add', path: '/list/40000', value: ours },
    ]);
    expect(jsonPatch({ list: items }, { list: [ours, ...items] })).toEqual([
      { op: 'add', path: '/list/0', value: ours },
    ]);
    const moved = items.toReversed();
    expect(jsonPatch({ list: items }, { list: moved })).toEqual([
      { op: 'replace', path: '/list', value: moved },
    ]);
  });

  it('escapes names', () => {
    expect(jsonPatch({}, { 'a/b~c': 1 })).toEqual([{ op: 'add', path: '/a~1b~0c', value: 1 }]);
  });

  it('touches nothing of a pod but what injection changes', () => {
    const before = pod(
      {
        containers: [web({ readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 3 } })],
        initContainers: [{ name: 'migrate', image: 'shop/migrate' }],
        volumes: [{ name: 'data', emptyDir: {} }],
      },
      { labels: { app: 'orders' } },
    );
    const paths = jsonPatch(before, guarded(before)).map(({ op, path }) => `${op} ${path}`);
    expect(paths).toEqual([
      'add /metadata/labels/portcullis.dev~1injected',
      'add /metadata/annotations',
      'replace /spec/containers/0/readinessProbe/httpGet/path',
      'replace /spec/containers/0/readinessProbe/httpGet/port',
      'add /spec/containers/0/readinessProbe/httpGet/scheme',
      'add /spec/initContainers/0',
      'add /spec/initContainers/1',
      'add /spec/initContainers/2',
      'add /spec/volumes/1',
      'add /spec/volumes/2',
      'add /spec/volumes/3',
      'add /spec/volumes/4',
      'add /spec/volumes/5',
    ]);
  });
});
