import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CacheChange, createCache } from './cache.ts';
import { keyOf } from './object.ts';
import { configMap, type Small, trim } from './testing/objects.ts';

function cache() {
  const told: string[] = [];
  const onChange = (change: CacheChange<Small>) => {
    const { metadata } = change.object;
    told.push(`${change.kind} ${metadata.name}@${metadata.resourceVersion}`);
  };
  return { told, cache: createCache<Small>({ trim, onChange }) };
}

describe('a cache', () => {
  it('tells of each change once', () => {
    const { told, cache: one } = cache();
    one.apply({ kind: 'added', object: configMap('a', '1') });
    one.apply({ kind: 'added', object: configMap('a', '1') });
    one.apply({ kind: 'modified', object: configMap('a', '2') });
    one.apply({ kind: 'modified', object: configMap('a', '2') });
    one.apply({ kind: 'deleted', object: configMap('a', '3') });
    one.apply({ kind: 'deleted', object: configMap('a', '3') });
    expect(told).toEqual(['added a@1', 'updated a@2', 'deleted a@2']);
  });

  it('finds out from a list what it has missed', () => {
    const { told, cache: one } = cache();
    one.replaceAll([configMap('gone', '1'), configMap('same', '2'), configMap('changed', '3')].map(trim));
    one.replaceAll([configMap('changed', '8'), configMap('same', '2'), configMap('new', '9')].map(trim));
    expect(told.slice(3)).toEqual(['deleted gone@1', 'updated changed@8', 'added new@9']);
  });

  it('takes an object made anew under its name for another one', () => {
    const { told, cache: one } = cache();
    one.replaceAll([trim(configMap('a', '1'))]);
    one.replaceAll([trim(configMap('a', '5', { uid: 'other' }))]);
    expect(told).toEqual(['added a@1', 'deleted a@1', 'added a@5']);
  });

  it('holds nothing of what is trimmed away', () => {
    const onChange = ({ kind }: CacheChange<Small>) => told.push(kind);
    const told: string[] = [];
    const one = createCache<Small>({
      trim: (object) => (trim(object).value === 'no' ? undefined : trim(object)),
      onChange,
    });
    one.apply({ kind: 'added', object: configMap('a', '1', { value: 'no' }) });
    one.apply({ kind: 'modified', object: configMap('a', '2', { value: 'yes' }) });
    one.apply({ kind: 'modified', object: configMap('a', '3', { value: 'no' }) });
    expect([told, one.store.size]).toEqual([['added', 'deleted'], 0]);
  });

  it('keeps the object that it has where a list brings the same again', () => {
    const { cache: one } = cache();
    one.apply({ kind: 'added', object: configMap('a', '1') });
    expect(one.keep(configMap('a', '1'))).toBe(one.store.get('shop/a'));
    expect(one.keep(configMap('a', '2'))).not.toBe(one.store.get('shop/a'));
  });

  it('whatever comes, what was told adds up to what is there', () => {
    const step = fc.record({
      list: fc.boolean(),
      name: fc.constantFrom('a', 'b', 'c'),
      uid: fc.constantFrom('1', '2'),
      version: fc.constantFrom('1', '2', '3'),
      kind: fc.constantFrom('added' as const, 'modified' as const, 'deleted' as const),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const present = new Map<string, string>();
        const one = createCache<Small>({
          trim,
          onChange({ kind, object }) {
            const key = keyOf(object.metadata);
            expect(present.has(key)).toBe(kind !== 'added');
            if (kind === 'deleted') present.delete(key);
            else present.set(key, object.metadata.resourceVersion);
          },
        });
        for (const { list, name, uid, version, kind } of steps) {
          const object = configMap(name, version, { uid });
          if (list) one.replaceAll([trim(object)]);
          else one.apply({ kind, object });
          const held = [...one.store.values()].map(({ metadata }) => [
            keyOf(metadata),
            metadata.resourceVersion,
          ]);
          expect([...present].sort()).toEqual(held.sort());
        }
      }),
    );
  });
});
