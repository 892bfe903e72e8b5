import { describe, expect, it } from 'vitest';
import { createStore } from './store.ts';

interface Thing {
  readonly owner: readonly string[];
}

describe('a store', () => {
  it('finds by key and by index, as things come, change and go', () => {
    const store = createStore<Thing, 'owner'>({ owner: (thing) => thing.owner });
    const one = { owner: ['a', 'b'] };
    const two = { owner: ['b'] };
    store.put('shop/one', one);
    store.put('shop/two', two);
    expect([store.size, store.get('shop/one'), store.get('shop/three')]).toEqual([2, one, undefined]);
    expect(store.by('owner', 'b')).toEqual([one, two]);

    const changed = { owner: ['c'] };
    store.put('shop/one', changed);
    expect([store.by('owner', 'a'), store.by('owner', 'b'), store.by('owner', 'c')]).toEqual([
      [],
      [two],
      [changed],
    ]);

    store.remove('shop/two');
    store.remove('shop/two');
    expect([store.by('owner', 'b'), [...store.keys()], [...store.values()]]).toEqual([
      [],
      ['shop/one'],
      [changed],
    ]);
  });
});
