import { expect, it } from 'vitest';
import { namespaceOf, parseId } from './object-id.ts';

it.each([
  ['shop/orders', { namespace: 'shop', name: 'orders' }],
  ['orders', { namespace: '', name: 'orders' }],
  ['/orders', { namespace: '', name: 'orders' }],
  ['shop/', { namespace: 'shop', name: '' }],
  ['', { namespace: '', name: '' }],
])('%j is %j', (id, parts) => {
  expect(parseId(id)).toEqual(parts);
  expect(namespaceOf(id)).toBe(parts.namespace);
});
