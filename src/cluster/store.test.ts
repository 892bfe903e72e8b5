import { expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { createStore } from './store.ts';
import { change, gone, raw } from './testing/objects.ts';

const policy = (id: string, spec: JsonObject = {}) => change('SecurityPolicy', id, raw(id, { spec }));

it('knows the policies of a namespace, and those of others that may choose objects there', () => {
  const store = createStore();
  const near = (namespace: string) =>
    store.near('SecurityPolicy', namespace).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  const far = { targetSelectors: [{ kind: 'HTTPRoute', namespaces: { from: 'All' } }] };
  const own = { targetSelectors: [{ kind: 'HTTPRoute', namespaces: { from: 'Same' } }] };
  for (const one of [policy('shop/a'), policy('shop/b', own), policy('other/c', far)]) store.apply(one);
  expect(near('shop')).toEqual(['shop/a', 'shop/b', 'other/c']);
  expect(near('other')).toEqual(['other/c']);
  store.apply(policy('other/c', own));
  store.apply(gone('SecurityPolicy', 'shop/a'));
  expect(near('shop')).toEqual(['shop/b']);
  expect(near('other')).toEqual(['other/c']);
  expect(store.near('AuthorizationPolicy', 'shop')).toEqual([]);
});
