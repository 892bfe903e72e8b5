import { describe, expect, it } from 'vitest';
import { settle } from '../base/testing/clock.ts';
import { failed } from './errors.ts';
import { configMap } from './testing/objects.ts';
import { added, bookmark, error, reflecting } from './testing/reflector.ts';
import { page } from './testing/watches.ts';

describe('a reflector', () => {
  it('lists, then watches from there, with bookmarks and a timeout', async () => {
    const selection = { namespace: 'shop', labelSelector: 'a=b', fieldSelector: 'metadata.name=x' };
    const { server, told, reflector } = reflecting({ selection, random: () => 0.5 }, ({ listing }) =>
      listing(page('7', configMap('a', '3'))),
    );
    expect(reflector.hasSynced()).toBe(false);
    expect(await reflector.synced()).toBe(true);
    await settle();
    expect(server.lists).toEqual([{ ...selection, limit: 500 }]);
    expect(server.last().query).toEqual({ ...selection, resourceVersion: '7', timeoutSeconds: 330 });
    server.last().send(added('b', '8'));
    await settle();
    expect([told, reflector.store.size, reflector.resourceVersion()]).toEqual([
      ['added a', 'added b'],
      2,
      '8',
    ]);
    await reflector.stop();
  });

  it('goes on from the last version, a bookmark too, when the server ends a watch', async () => {
    const { clock, server, reflector } = reflecting();
    await settle();
    server.last().send(added('a', '5'), bookmark('9'));
    await clock.advance(60_000);
    server.last().end();
    await settle();
    expect([server.watches.length, server.last().query.resourceVersion, server.lists.length]).toEqual([
      2,
      '9',
      1,
    ]);
    await reflector.stop();
  });

  it('lists anew after 410, and finds what it has missed', async () => {
    const { clock, server, told, problems, reflector } = reflecting({}, ({ listing }) =>
      listing(page('7', configMap('a', '3'), configMap('b', '4')), page('20', configMap('b', '15'))),
    );
    await clock.advance(60_000);
    server.last().send(error('Gone'));
    await clock.advance(1000);
    expect([server.lists.length, server.last().query.resourceVersion, problems]).toEqual([2, '20', ['Gone']]);
    expect(told).toEqual(['added a', 'added b', 'deleted a', 'updated b']);
    await reflector.stop();
  });

  it('does not list for a broken connection or a busy server', async () => {
    const { clock, server, reflector } = reflecting();
    for (const kind of ['Unreachable', 'ServerError'] as const) {
      await clock.advance(60_000);
      server.last().send(error(kind));
    }
    await clock.advance(1000);
    expect([server.lists.length, server.watches.length]).toEqual([1, 3]);
    await reflector.stop();
  });

  it('notices a connection on which nothing comes any more', async () => {
    const { clock, server, problems, reflector } = reflecting();
    await settle();
    server.last().send(added('a', '5'));
    await clock.advance(314_000);
    expect([server.watches.length, reflector.age()]).toEqual([1, 314]);
    await clock.advance(1000);
    expect([problems, server.watches.length, server.open()]).toEqual([['Timeout'], 2, 1]);
    expect(server.last().query.resourceVersion).toBe('5');
    await reflector.stop();
  });

  it('notices it sooner where the server has shown that it sends bookmarks', async () => {
    const { clock, server, reflector } = reflecting();
    await settle();
    server.last().send(bookmark('5'));
    await clock.advance(74_000);
    expect(server.watches.length).toBe(1);
    await clock.advance(1000);
    expect(server.watches.length).toBe(2);
    await reflector.stop();
  });

  it('asks a server that closes at once a bounded number of times', async () => {
    const { clock, server, reflector } = reflecting();
    for (let second = 0; second < 600; second++) {
      await clock.advance(100);
      server.last().end();
    }
    expect(server.watches.length).toBeLessThanOrEqual(11);
    expect(server.lists.length).toBe(1);
    await reflector.stop();
  });

  it.each(['ServerError', 'Forbidden', 'NotFound', 'Unexpected'] as const)(
    'never gives up after %s, whether listing or watching',
    async (kind) => {
      const refused = failed(kind, 'x');
      const { clock, server, reflector } = reflecting({}, ({ listing }) => listing(refused));
      await clock.advance(60_000);
      expect(server.lists.length).toBeGreaterThan(5);
      expect(server.lists.length).toBeLessThan(14);
      expect([reflector.hasSynced(), reflector.age()]).toEqual([false, 60]);
      server.listing(page('7', configMap('a', '3')));
      server.refusing(refused);
      await clock.advance(20_000);
      expect([reflector.hasSynced(), server.watches.length]).toEqual([true, 0]);
      server.refusing(undefined);
      await clock.advance(11_000);
      expect([server.watches.length, reflector.store.size]).toEqual([1, 1]);
      await reflector.stop();
    },
  );

  it('waits as long as the server wants', async () => {
    const { clock, server, reflector } = reflecting({}, ({ listing }) =>
      listing(failed('TooManyRequests', 'x', 30), page('7')),
    );
    await clock.advance(29_999);
    expect(server.lists.length).toBe(1);
    await clock.advance(1);
    expect(server.lists.length).toBe(2);
    await reflector.stop();
  });

  it('keeps what it has while the kind cannot be listed', async () => {
    const { clock, server, reflector } = reflecting({}, ({ listing }) =>
      listing(page('7', configMap('a', '3')), failed('NotFound', 'x')),
    );
    await clock.advance(60_000);
    server.last().send(error('Gone'));
    await clock.advance(60_000);
    expect([server.lists.length > 2, reflector.store.size]).toEqual([true, 1]);
    await reflector.stop();
  });
});
