import { describe, expect, it } from 'vitest';
import { settle } from '../base/testing/clock.ts';
import { failed } from './errors.ts';
import { configMap } from './testing/objects.ts';
import { added, reflecting } from './testing/reflector.ts';
import { fakeWatches, page } from './testing/watches.ts';

describe('a consistent read', () => {
  it('lists anew, without counting that as a failure', async () => {
    const { clock, server, told, problems, reflector } = reflecting({}, ({ listing }) =>
      listing(page('7', configMap('a', '3')), page('20')),
    );
    await settle();
    const fresh = reflector.refresh();
    expect(await fresh).toBe(true);
    await settle();
    expect([told, problems, clock.due().length]).toEqual([['added a', 'deleted a'], [], 1]);
    expect([server.lists.length, server.last().query.resourceVersion, server.open()]).toEqual([2, '20', 1]);
    await reflector.stop();
  });

  it('does not take a list that had begun before', async () => {
    const { server, reflector } = reflecting();
    const first = reflector.refresh(); // the first list is under way
    expect(await first).toBe(true);
    expect(server.lists.length).toBe(2);
    await reflector.stop();
  });

  it('leaves a list that had begun before, and does not count that as a failure', async () => {
    const { client } = fakeWatches();
    let lists = 0;
    const list: typeof client.list = async (resource, query, options) => {
      lists += 1;
      if (lists > 1) return client.list(resource, query, options);
      await new Promise((resolve) => options?.signal?.addEventListener('abort', resolve));
      return failed('Aborted', 'x');
    };
    const { clock, problems, reflector } = reflecting({ client: { ...client, list } });
    await settle();
    expect(await reflector.refresh()).toBe(true);
    await settle();
    expect([lists, problems, reflector.hasSynced(), clock.due().length]).toEqual([2, [], true, 1]);
    await reflector.stop();
  });

  it('outlasts lists that fail', async () => {
    const { clock, server, reflector } = reflecting({}, ({ listing }) =>
      listing(page('7'), failed('ServerError', 'x'), page('20')),
    );
    await settle();
    let over = false;
    void reflector.refresh().then((good) => {
      over = good;
    });
    await settle();
    expect(over).toBe(false);
    await clock.advance(1000);
    expect([over, server.lists.length]).toEqual([true, 3]);
    await reflector.stop();
  });
});

describe('a stopped reflector', () => {
  it('leaves no timer and no watch, tells nothing, and keeps nobody waiting', async () => {
    const { clock, server, told, reflector } = reflecting();
    await settle();
    const waiting = reflector.refresh();
    const watch = server.last();
    const stopping = reflector.stop();
    watch.send(added('a', '5'));
    await stopping;
    expect(await waiting).toBe(false);
    expect([clock.due(), server.open(), told]).toEqual([[], 0, []]);
    expect(await reflector.refresh()).toBe(false);
  });

  it('does not wait for its pause to be over', async () => {
    const { clock, reflector } = reflecting({}, ({ listing }) => listing(failed('ServerError', 'x')));
    await settle();
    expect(clock.due()).toHaveLength(1);
    await reflector.stop();
    expect([clock.due(), await reflector.synced()]).toEqual([[], false]);
  });
});
