/** A server whose history is another one all at once, as after a restore of etcd from a backup. */

import { describe, expect, it } from 'vitest';
import { settle } from '../base/testing/clock.ts';
import { configMap } from './testing/objects.ts';
import { added, bookmark, error, reflecting } from './testing/reflector.ts';
import { page } from './testing/watches.ts';

/** Milliseconds: longer than a watch is without a bookmark. */
const WHOLE = 75_000;

describe('a watch on which nothing comes', () => {
  it('lists again at its end, where it was a whole one', async () => {
    const { clock, server, told, reflector } = reflecting({}, ({ listing }) =>
      listing(page('100', configMap('a', '90')), page('60', configMap('a', '40'))),
    );
    await clock.advance(WHOLE);
    server.last().end();
    await settle();
    expect([server.lists.length, server.last().query.resourceVersion]).toEqual([2, '60']);
    expect(told).toEqual(['added a', 'updated a']);
    server.last().send(added('b', '61'));
    await settle();
    expect([reflector.resourceVersion(), reflector.store.size]).toEqual(['61', 2]);
    await reflector.stop();
  });

  it('lists again where the connection counts as dead', async () => {
    const { clock, server, reflector } = reflecting();
    await settle();
    server.last().send(bookmark('5'));
    await clock.advance(WHOLE);
    expect([server.watches.length, server.lists.length]).toEqual([2, 1]); // the first had a bookmark
    await clock.advance(WHOLE);
    await clock.advance(1000);
    expect([server.watches.length, server.lists.length]).toEqual([3, 2]);
    await reflector.stop();
  });

  it.each([
    ['that ended early', WHOLE - 1, []],
    ['with an event', WHOLE, [added('a', '5')]],
    ['with a bookmark', WHOLE, [bookmark('5')]],
  ])('does not list after one %s', async (_, length, events) => {
    const { clock, server, reflector } = reflecting();
    await settle();
    server.last().send(...events);
    await clock.advance(length);
    server.last().end();
    await clock.advance(1000);
    expect(server.lists.length).toBe(1);
    await reflector.stop();
  });
});

describe('a list', () => {
  const old = page('100', configMap('a', '50', { value: 'old' }), configMap('b', '10'), configMap('c', '70'));
  const restored = page('60', configMap('a', '50', { value: 'new' }), configMap('b', '10'));

  it('that is older than what is known counts, by content', async () => {
    const { clock, server, told, reflector } = reflecting({}, ({ listing }) => listing(old, restored));
    await clock.advance(10_000);
    server.last().send(error('Gone'));
    await clock.advance(1000);
    expect(told.slice(3)).toEqual(['deleted c', 'updated a']);
    expect(reflector.store.get('shop/a')?.value).toBe('new');
    expect([reflector.resourceVersion(), server.last().query.resourceVersion]).toEqual(['60', '60']);
    await reflector.stop();
  });

  it('of a later version is compared by version alone, and once', async () => {
    const later = page('120', configMap('a', '50', { value: 'new' }));
    const { server, told, reflector } = reflecting({}, ({ listing }) => listing(old, later));
    await reflector.synced();
    await reflector.refresh();
    expect(told.slice(3)).toEqual(['deleted b', 'deleted c']);
    expect(server.lists.length).toBe(2);
    await reflector.stop();
  });
});
