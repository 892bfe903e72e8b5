import { describe, expect, it } from 'vitest';
import { publicJwk } from '../../../test/support/tokens.ts';
import { fakeClock, settle } from '../../base/testing/clock.ts';
import type { Get } from '../../issuers/http.ts';
import { testPlan } from '../../issuers/testing/plan.ts';
import type { FetchPlan } from '../../keys/plan.ts';
import type { Draft } from '../../kubernetes/client.ts';
import { failed, ok } from '../../kubernetes/errors.ts';
import type { PublicJwk } from '../../policy/policy.ts';
import { fakeApi } from '../testing/api.ts';
import { createKeyKeeper } from './keeper.ts';

const NEVER = new AbortController().signal;
const keysNamed = (...kids: readonly string[]): readonly PublicJwk[] =>
  kids.map((kid) => publicJwk('ES256', kid));

const plan = (uid: string, more: Partial<FetchPlan> = {}): FetchPlan => {
  const location = { kind: 'jwks', url: `https://login.example/${uid}` } as const;
  return testPlan({ uid, source: `shop/${uid}`, location, ...more });
};

function world() {
  const clock = fakeClock();
  const api = fakeApi();
  const writes: string[] = [];
  const told: string[] = [];
  const problems: string[] = [];
  const leftOut: string[] = [];
  const fetched: string[] = [];
  let published: readonly PublicJwk[] | undefined = keysNamed('a');
  let isLeader = true;
  let refusal: 'ServerError' | undefined;
  const get: Get = async ({ url }) => {
    fetched.push(url);
    if (published === undefined) return { kind: 'failed', error: { code: 'UNKNOWN_HOST', message: 'away' } };
    return { kind: 'ok', headers: {}, body: Buffer.from(JSON.stringify({ keys: published })) };
  };
  const keeper = () =>
    createKeyKeeper({
      client: {
        list: api.client.list,
        async apply(_, draft: Draft) {
          if (refusal !== undefined) return failed(refusal, 'busy');
          writes.push(`apply ${draft.metadata.name}`);
          api.put('ConfigMap', { ...draft, metadata: { ...draft.metadata, uid: 'u' } });
          return ok({ ...draft, metadata: { ...draft.metadata, uid: 'u', resourceVersion: '1' } });
        },
        async delete(_, { name, namespace }) {
          writes.push(`delete ${name}`);
          api.remove('ConfigMap', `${namespace}/${name}`);
          return ok(undefined);
        },
      },
      get,
      clock,
      random: () => 0.5,
      namespace: 'home',
      mayWrite: () => isLeader,
      onKeys: (uid, located) => told.push(`${uid} ${located?.keys.map(({ kid }) => kid).join() ?? 'none'}`),
      onState: () => {},
      onFetch: () => {},
      onLeftOut: (source, count) => leftOut.push(`${source} ${count}`),
      onProblem: ({ kind }) => problems.push(kind),
      onBug: (error) => {
        throw error;
      },
    });
  return {
    clock,
    api,
    writes,
    told,
    problems,
    leftOut,
    fetched,
    keeper,
    publish: (...kids: readonly string[]) => {
      published = kids.length === 0 ? undefined : keysNamed(...kids);
    },
    dethrone: () => {
      isLeader = false;
    },
    refuse: (how: 'ServerError' | undefined) => {
      refusal = how;
    },
  };
}

/** One that has fetched and kept the keys of `uid`, and has stopped. */
async function kept(uid = 'one') {
  const all = world();
  const keeper = all.keeper();
  await keeper.load(NEVER);
  keeper.reconcile([plan(uid)]);
  await all.clock.advance(1000);
  await keeper.stop();
  all.told.length = 0;
  return all;
}

describe('keys', () => {
  it('are kept when they come, and told', async () => {
    const { writes, told } = await kept();
    expect(writes).toEqual(['apply portcullis-keys-one']);
    expect(told).toEqual([]);
  });

  it('of more than 64 are written once, and not at each refresh', async () => {
    const { clock, writes, publish, keeper, leftOut } = world();
    publish(...Array.from({ length: 70 }, (_, i) => `k${i}`));
    const all = keeper();
    await all.load(NEVER);
    all.reconcile([plan('one')]);
    await clock.advance(3_600_000);
    expect([writes, all.state('one')?.keys?.length]).toEqual([['apply portcullis-keys-one'], 64]);
    expect(leftOut).toEqual(['shop/one 6']);
    await all.stop();
  });

  it('are there again after a restart while the provider is away', async () => {
    const { publish, keeper, told, clock, writes } = await kept();
    publish();
    const next = keeper();
    await next.load(NEVER);
    next.reconcile([plan('one')]);
    await clock.advance(1000);
    expect(told).toEqual(['one a', 'one a']);
    expect(next.state('one')).toMatchObject({ error: { code: 'UNKNOWN_HOST' } });
    expect(writes).toHaveLength(1);
    await next.stop();
  });

  it('are not lost to a change of sources while those that were kept are being read', async () => {
    const { publish, keeper, told, clock, api, fetched } = await kept();
    publish();
    fetched.length = 0;
    const answer = api.keepBack('ConfigMap');
    const next = keeper();
    const loading = next.load(NEVER);
    next.reconcile([plan('one')]);
    await clock.advance(1000);
    expect([fetched, told]).toEqual([[], []]);
    answer();
    await loading;
    next.reconcile([plan('one')]);
    await clock.advance(1000);
    expect(told.at(-1)).toBe('one a');
    await next.stop();
  });

  it('of another place are of no use', async () => {
    const { publish, keeper, told, clock } = await kept();
    publish();
    const next = keeper();
    await next.load(NEVER);
    next.reconcile([plan('one', { location: { kind: 'jwks', url: 'https://other.example' } })]);
    await clock.advance(1000);
    expect(new Set(told)).toEqual(new Set(['one none']));
    await next.stop();
  });

  it('are written when they change, and else once in a quarter of maxStale', async () => {
    const { publish, keeper, clock, writes } = await kept();
    const next = keeper();
    await next.load(NEVER);
    next.reconcile([plan('one', { maxStale: 4 * 3600 })]);
    await clock.advance(3_500_000);
    expect(writes).toHaveLength(1);
    await clock.advance(1_200_000);
    expect(writes).toHaveLength(2);
    publish('a', 'b');
    await clock.advance(700_000);
    expect(writes).toHaveLength(3);
    publish('b', 'a');
    await clock.advance(700_000);
    expect(writes).toHaveLength(3);
    await next.stop();
  });

  it('are removed with their source, also where it went while nobody looked', async () => {
    const { keeper, clock, writes, told } = await kept();
    const next = keeper();
    await next.load(NEVER);
    next.reconcile([]);
    await clock.advance(1000);
    expect(writes).toEqual(['apply portcullis-keys-one', 'delete portcullis-keys-one']);
    expect(told).toEqual(['one none']);
    await next.stop();
  });

  it('that cannot be written are written later', async () => {
    const { keeper, clock, writes, refuse, problems } = world();
    refuse('ServerError');
    const one = keeper();
    await one.load(NEVER);
    one.reconcile([plan('one')]);
    await clock.advance(1000);
    expect([writes, new Set(problems)]).toEqual([[], new Set(['ServerError'])]);
    refuse(undefined);
    await clock.advance(10_000);
    expect(writes).toEqual(['apply portcullis-keys-one']);
    await one.stop();
  });

  it('are not written by one who leads no longer', async () => {
    const { keeper, clock, writes, dethrone } = world();
    const one = keeper();
    await one.load(NEVER);
    dethrone();
    one.reconcile([plan('one')]);
    await clock.advance(1000);
    expect(writes).toEqual([]);
    await one.stop();
  });
});

it('can read what was written by somebody else, and replaces it', async () => {
  const { api, keeper, clock, writes, told } = world();
  api.put('ConfigMap', {
    metadata: { name: 'portcullis-keys-one', namespace: 'home', uid: 'u' },
    data: { 'keys.json': '{' },
  });
  const one = keeper();
  await one.load(NEVER);
  one.reconcile([plan('one')]);
  await clock.advance(1000);
  expect([told.at(-1), writes]).toEqual(['one a', ['apply portcullis-keys-one']]);
  await one.stop();
});

it('fetches nothing after it was stopped, and leaves no timer behind', async () => {
  const { keeper, clock, fetched } = await kept();
  const before = fetched.length;
  const one = keeper();
  await one.load(NEVER);
  await one.stop();
  one.reconcile([plan('one')]);
  await settle();
  expect([fetched.length, clock.due()]).toEqual([before, []]);
});

it('says that what was kept cannot be read', async () => {
  const { api, keeper } = world();
  api.forbid('ConfigMap', true);
  const one = keeper();
  expect(await one.load(NEVER)).toMatchObject({ kind: 'failed', error: { kind: 'Forbidden' } });
  await one.stop();
});
