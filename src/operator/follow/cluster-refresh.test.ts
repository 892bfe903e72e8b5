import { describe, expect, it } from 'vitest';
import { settle } from '../../base/testing/clock.ts';
import { following, outcomeOf, secret, service, withSource } from '../testing/following.ts';

describe('a consistent read', () => {
  it('has what no watch has told of', async () => {
    const { api, clock, cluster, names } = following(withSource);
    await clock.advance(100);
    api.deafen();
    api.put('Service', service('late'));
    await clock.advance(100);
    expect(names().flat()).not.toContain('Service shop/late');
    expect(await cluster.refresh()).toBe(true);
    expect(names().flat()).toContain('Service shop/late');
  });

  it('has a Secret anew, too', async () => {
    const { api, clock, cluster, names } = following(withSource);
    await clock.advance(100);
    api.deafen();
    api.put('Secret', secret('y'));
    expect(await cluster.refresh()).toBe(true);
    expect(
      names()
        .flat()
        .filter((name) => name === 'Secret shop/s'),
    ).toHaveLength(2);
  });

  it('has a source that has come to name a Secret of which nobody knew', async () => {
    const { api, clock, cluster, names } = following();
    await clock.advance(100);
    api.deafen();
    withSource(api);
    const refreshed = outcomeOf(cluster.refresh());
    await clock.advance(100);
    expect(refreshed()).toBe(true);
    expect(names().flat()).toContain('AuthenticationSource shop/login');
  });

  it('that is wanted before all is known is over when it is', async () => {
    for (const what of ['discovery', 'Secret', 'Pod'] as const) {
      let answer = () => {};
      const { clock, cluster, names } = following((api) => {
        withSource(api);
        answer = api.keepBack(what);
      });
      const refreshed = outcomeOf(cluster.refresh());
      await clock.advance(5000);
      expect(refreshed(), what).toBeUndefined();
      answer();
      await clock.advance(5000);
      expect(refreshed(), what).toBe(true);
      expect(names().flat()).toContain('AuthenticationSource shop/login');
    }
  });

  it.each(['Secret', 'HTTPRoute'] as const)(
    'is not held up by a %s that may no longer be read',
    async (kind) => {
      const { api, clock, cluster } = following((prepared) => {
        withSource(prepared);
        prepared.install('HTTPRoute', 'GRPCRoute', 'Gateway');
      });
      await clock.advance(100);
      api.forbid(kind, true);
      const refreshed = outcomeOf(cluster.refresh());
      await clock.advance(1000);
      expect(refreshed()).toBe(true);
    },
  );

  it('is not held up by a Secret that might never be read', async () => {
    const { clock, cluster } = following((api) => {
      withSource(api);
      api.forbid('Secret', true);
    });
    await clock.advance(60_000);
    const refreshed = outcomeOf(cluster.refresh());
    await clock.advance(100);
    expect(refreshed()).toBe(true);
  });

  it('is not held up by an API that is gone', async () => {
    const { api, clock, cluster } = following((prepared) =>
      prepared.install('HTTPRoute', 'GRPCRoute', 'Gateway'),
    );
    await clock.advance(100);
    api.install();
    const refreshed = outcomeOf(cluster.refresh());
    await clock.advance(1000);
    expect(refreshed()).toBe(true);
  });

  it('is none when it all ends before', async () => {
    const { api, clock, cluster } = following(withSource);
    await clock.advance(100);
    api.keepBack('Pod');
    const refreshed = cluster.refresh();
    await settle();
    const stopped = cluster.stop();
    expect(await refreshed).toBe(false);
    void stopped;
  });
});
