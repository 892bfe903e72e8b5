import { describe, expect, it } from 'vitest';
import { settle } from '../../kubernetes/testing/time.ts';
import { following, outcomeOf, secret, service, withSource } from '../testing/following.ts';

describe('a consistent read', () => {
  it('has what no watch has told of', async () => {
    const { api, time, cluster, names } = following(withSource);
    await time.advance(100);
    api.deafen();
    api.put('Service', service('late'));
    await time.advance(100);
    expect(names().flat()).not.toContain('Service shop/late');
    expect(await cluster.refresh()).toBe(true);
    expect(names().flat()).toContain('Service shop/late');
  });

  it('has a Secret anew, too', async () => {
    const { api, time, cluster, names } = following(withSource);
    await time.advance(100);
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
    const { api, time, cluster, names } = following();
    await time.advance(100);
    api.deafen();
    withSource(api);
    const refreshed = outcomeOf(cluster.refresh());
    await time.advance(100);
    expect(refreshed()).toBe(true);
    expect(names().flat()).toContain('AuthenticationSource shop/login');
  });

  it('that is wanted before all is known is over when it is', async () => {
    for (const what of ['discovery', 'Secret', 'Pod'] as const) {
      let answer = () => {};
      const { time, cluster, names } = following((api) => {
        withSource(api);
        answer = api.keepBack(what);
      });
      const refreshed = outcomeOf(cluster.refresh());
      await time.advance(5000);
      expect(refreshed(), what).toBeUndefined();
      answer();
      await time.advance(5000);
      expect(refreshed(), what).toBe(true);
      expect(names().flat()).toContain('AuthenticationSource shop/login');
    }
  });

  it.each(['Secret', 'HTTPRoute'] as const)(
    'is not held up by a %s that may no longer be read',
    async (kind) => {
      const { api, time, cluster } = following((prepared) => {
        withSource(prepared);
        prepared.install('HTTPRoute', 'GRPCRoute', 'Gateway');
      });
      await time.advance(100);
      api.forbid(kind, true);
      const refreshed = outcomeOf(cluster.refresh());
      await time.advance(1000);
      expect(refreshed()).toBe(true);
    },
  );

  it('is not held up by a Secret that might never be read', async () => {
    const { time, cluster } = following((api) => {
      withSource(api);
      api.forbid('Secret', true);
    });
    await time.advance(60_000);
    const refreshed = outcomeOf(cluster.refresh());
    await time.advance(100);
    expect(refreshed()).toBe(true);
  });

  it('is not held up by an API that is gone', async () => {
    const { api, time, cluster } = following((prepared) =>
      prepared.install('HTTPRoute', 'GRPCRoute', 'Gateway'),
    );
    await time.advance(100);
    api.install();
    const refreshed = outcomeOf(cluster.refresh());
    await time.advance(1000);
    expect(refreshed()).toBe(true);
  });

  it('is none when it all ends before', async () => {
    const { api, time, cluster } = following(withSource);
    await time.advance(100);
    api.keepBack('Pod');
    const refreshed = cluster.refresh();
    await settle();
    const stopped = cluster.stop();
    expect(await refreshed).toBe(false);
    void stopped;
  });
});
