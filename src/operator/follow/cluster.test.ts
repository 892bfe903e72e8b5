import { describe, expect, it } from 'vitest';
import { raw } from '../../cluster/testing/objects.ts';
import { following, service, withSource } from '../testing/following.ts';

describe('what is told at first', () => {
  it('is everything at once, and nothing before all is known', async () => {
    let answer = () => {};
    const { clock, cluster, names } = following((api) => {
      withSource(api);
      answer = api.keepBack('Secret');
    });
    await clock.advance(100);
    expect(names()).toEqual([]);
    expect(cluster.hasSynced()).toBe(false);
    answer();
    await clock.advance(100);
    expect(names().map((changes) => changes.toSorted())).toEqual([
      ['AuthenticationSource shop/login', 'RouteApi false', 'Secret shop/s', 'Service shop/orders'],
    ]);
    expect(cluster.hasSynced()).toBe(true);
  });

  it('does not wait for a Secret that may not be read, nor for routes that may not', async () => {
    const { clock, names, problems } = following((api) => {
      withSource(api);
      api.install('HTTPRoute', 'GRPCRoute', 'Gateway');
      for (const kind of ['Secret', 'HTTPRoute', 'GRPCRoute', 'Gateway'] as const) api.forbid(kind, true);
    });
    await clock.advance(100);
    expect(names().flat()).toContain('SecretAccess shop false');
    expect(names().flat()).toContain('AuthenticationSource shop/login');
    expect(problems).toContain('Secret Forbidden');
  });

  it('waits for a kind of its own that may not be read, and follows it as soon as it may', async () => {
    const { api, clock, cluster } = following((prepared) => prepared.forbid('Pod', true));
    await clock.advance(60_000);
    expect(cluster.hasSynced()).toBe(false);
    api.forbid('Pod', false);
    await clock.advance(20_000);
    expect(cluster.hasSynced()).toBe(true);
  });

  it('leaves the cluster itself alone where only some namespaces are followed', async () => {
    const { api, clock, cluster } = following(() => {}, ['shop', 'bank']);
    await clock.advance(100);
    expect(cluster.hasSynced()).toBe(true);
    expect(api.calls.filter((call) => /nodes|namespaces/.test(call))).toEqual([]);
    expect(api.calls.filter((call) => call === 'list pods')).toHaveLength(2);
  });
});

describe('what is told later', () => {
  it('is a source with the Secret that it has come to name', async () => {
    const { api, clock, names } = following();
    await clock.advance(100);
    const answer = api.keepBack('Secret');
    withSource(api);
    await clock.advance(100);
    expect(names().flat()).not.toContain('AuthenticationSource shop/login');
    answer();
    await clock.advance(100);
    expect(names().at(-1)?.toSorted()).toEqual(['AuthenticationSource shop/login', 'Secret shop/s']);
  });

  it('is that a Secret is gone which nobody names any more, and nobody watches it', async () => {
    const { api, clock, names } = following(withSource);
    await clock.advance(100);
    const before = api.open();
    api.remove('AuthenticationSource', 'shop/login');
    await clock.advance(100);
    expect(names().flat()).toContain('Secret shop/s gone');
    expect(api.open()).toBe(before - 1);
  });

  it('is that Secrets may be read, once they may', async () => {
    const { api, clock, names } = following((prepared) => {
      withSource(prepared);
      prepared.forbid('Secret', true);
    });
    await clock.advance(100);
    api.forbid('Secret', false);
    await clock.advance(20_000);
    expect(names().flat()).toContain('SecretAccess shop true');
    expect(names().flat()).toContain('Secret shop/s');
  });

  it('are routes, when their API is installed, and that they are gone with it', async () => {
    const { api, clock, cluster, names } = following();
    await clock.advance(100);
    expect(cluster.hasRouteApi()).toBe(false);
    api.install('HTTPRoute', 'GRPCRoute', 'Gateway');
    api.put('HTTPRoute', raw('shop/web', { spec: {} }));
    await clock.advance(31_000);
    expect(cluster.hasRouteApi()).toBe(true);
    expect(names().flat()).toContain('RouteApi true');
    expect(names().flat()).toContain('HTTPRoute shop/web');
    api.install();
    await clock.advance(31_000);
    expect(cluster.hasRouteApi()).toBe(false);
    expect(names().flat().slice(-2).toSorted()).toEqual(['HTTPRoute shop/web gone', 'RouteApi false']);
  });
});

it('leaves no timer and no watch behind', async () => {
  const { api, clock, cluster, told } = following((prepared) => {
    withSource(prepared);
    prepared.install('HTTPRoute', 'GRPCRoute', 'Gateway');
  });
  await clock.advance(100);
  expect(api.open()).toBeGreaterThan(5);
  const before = told.length;
  api.put('Service', service('late'));
  await cluster.stop();
  await clock.advance(60_000);
  expect([api.open(), clock.due(), told.length]).toEqual([0, [], before]);
});

it('says how long ago it has heard of each kind', async () => {
  const { api, clock, cluster } = following((prepared) => prepared.install('HTTPRoute'));
  await clock.advance(100);
  api.deafen();
  await clock.advance(5000);
  expect(cluster.ages().get('Pod')).toBeCloseTo(5.1, 1);
  expect(cluster.ages().has('HTTPRoute')).toBe(true);
});
