import { expect, it } from 'vitest';
import { type ConsoleView, hashOf, readView } from './route.ts';

it.each<[ConsoleView, string]>([
  [{ view: 'overview' }, '#/'],
  [{ view: 'binding', name: 'shop/orders' }, '#/binding/shop/orders'],
  [{ view: 'source', name: 'shop/a?b#c%' }, '#/source/shop/a%3Fb%23c%25'],
  [{ view: 'live' }, '#/live'],
  [{ view: 'explain' }, '#/explain'],
])('%o has the address %s, and is found by it', (route, hash) => {
  expect(hashOf(route)).toBe(hash);
  expect(readView(hash)).toEqual(route);
});

it.each(['', '#', '#/nothing', '#/binding', '#/binding/', '#/constructor/x'])(
  '%j leads to the overview',
  (hash) => {
    expect(readView(hash)).toEqual({ view: 'overview' });
  },
);

it('takes a name as it stands where it is no percent-encoding', () => {
  expect(readView('#/binding/shop/%zz')).toEqual({ view: 'binding', name: 'shop/%zz' });
});
