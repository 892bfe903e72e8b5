import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { fakeClock, settle } from '../base/testing/clock.ts';
import type { Draft } from './client.ts';
import { type ErrorKind, failed, type Outcome, ok } from './errors.ts';
import type { KubernetesObject } from './object.ts';
import { createStatusWriter, type Seen } from './status.ts';
import { CONFIG_MAPS } from './testing/objects.ts';

const seen = (resourceVersion: string, status: JsonObject | undefined, uid = 'u'): Seen => {
  return { namespace: 'shop', name: 'a', uid, resourceVersion, status };
};

function writer() {
  const clock = fakeClock();
  const written: Draft[] = [];
  const problems: string[] = [];
  const state = {
    leading: true,
    /** What the next writes come to. */
    answer: (draft: Draft): Outcome<KubernetesObject> | Promise<Outcome<KubernetesObject>> =>
      ok({
        metadata: { name: 'a', uid: 'u', resourceVersion: String(10 + written.length) },
        status: draft.status ?? null,
      }),
  };
  const one = createStatusWriter({
    client: {
      apply: async (_, draft) => {
        written.push(draft);
        return state.answer(draft);
      },
    },
    clock,
    resource: CONFIG_MAPS,
    random: () => 0,
    intervalMilliseconds: 5000,
    concurrency: 2,
    mayWrite: () => state.leading,
    onProblem: (key, error, retried) => problems.push(`${key} ${error?.kind} ${retried}`),
  });
  const statuses = () => written.map(({ status }) => status);
  const failWith = (kind: ErrorKind) => {
    state.answer = () => failed(kind, 'x');
  };
  return { clock, written, statuses, problems, state, failWith, writer: one };
}

describe('a status writer', () => {
  it('writes what differs, to the object as it was seen', async () => {
    const { written, writer: one } = writer();
    one.want(seen('1', { a: 1, b: 2 }), { b: 2, a: 1 });
    await settle();
    expect(written).toEqual([]);
    one.want(seen('1', undefined), { a: 1 });
    await settle();
    expect(written).toEqual([
      { metadata: { name: 'a', namespace: 'shop', resourceVersion: '1' }, status: { a: 1 } },
    ]);
  });

  it('writes at once, then no sooner than after the interval, the last of several', async () => {
    const { clock, statuses, writer: one } = writer();
    one.want(seen('1', {}), { a: 1 });
    await settle();
    one.want(seen('1', {}), { a: 2 });
    one.want(seen('11', { a: 1 }), { a: 3 });
    await clock.advance(4999);
    expect(statuses()).toEqual([{ a: 1 }]);
    await clock.advance(1);
    expect(statuses()).toEqual([{ a: 1 }, { a: 3 }]);
  });

  it('writes what is urgent at once, and says what it has not written yet', async () => {
    const { clock, statuses, writer: one } = writer();
    const name = { namespace: 'shop', name: 'a' };
    one.want(seen('1', {}), { a: 1 });
    expect(one.isPending(name)).toBe(true);
    await settle();
    expect(one.isPending(name)).toBe(false);
    one.want(seen('1', {}), { a: 2 });
    await settle();
    expect(one.isPending(name)).toBe(true);
    one.want(seen('1', {}), { a: 3 }, true);
    await settle();
    expect([statuses(), one.isPending(name)]).toEqual([[{ a: 1 }, { a: 3 }], false]);
    one.want(seen('1', {}), { a: 4 });
    await clock.advance(4999);
    expect(statuses()).toHaveLength(2);
  });

  it('does not write again what the cache does not have yet', async () => {
    const { clock, statuses, writer: one } = writer();
    one.want(seen('1', {}), { a: 1 });
    await clock.advance(10_000);
    one.want(seen('1', {}), { a: 1 });
    await clock.advance(10_000);
    expect(statuses()).toEqual([{ a: 1 }]);
  });

  it('leaves alone what others have added, but not what they have changed', async () => {
    const { clock, statuses, state, writer: one } = writer();
    state.answer = () =>
      ok({ metadata: { name: 'a', uid: 'u', resourceVersion: '11' }, status: { a: 1, theirs: 2 } });
    one.want(seen('1', { theirs: 2 }), { a: 1 });
    await clock.advance(10_000);
    one.want(seen('11', { a: 1, theirs: 2 }), { a: 1 });
    await clock.advance(10_000);
    expect(statuses()).toHaveLength(1);
    one.want(seen('12', { a: 0, theirs: 2 }), { a: 1 });
    await clock.advance(10_000);
    expect(statuses()).toHaveLength(2);
  });

  it('drops a wish that was withdrawn while it waited', async () => {
    const { clock, statuses, writer: one } = writer();
    one.want(seen('1', {}), { a: 1 });
    await settle();
    one.want(seen('11', { a: 1 }), { a: 2 });
    one.want(seen('11', { a: 1 }), { a: 1 });
    await clock.advance(10_000);
    expect(statuses()).toEqual([{ a: 1 }]);
  });

  it('keeps the last wish that comes while a write is under way', async () => {
    const { clock, statuses, state, writer: one } = writer();
    const { promise, resolve } = Promise.withResolvers<Outcome<KubernetesObject>>();
    state.answer = () => promise;
    one.want(seen('1', {}), { a: 1 });
    await settle();
    one.want(seen('1', {}), { a: 2 });
    resolve(ok({ metadata: { name: 'a', uid: 'u', resourceVersion: '11' }, status: { a: 1 } }));
    await clock.advance(5000);
    expect(statuses()).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it.each<ErrorKind>(['NotFound', 'Conflict'])('lets go of an object after %s', async (kind) => {
    const { clock, statuses, problems, failWith, writer: one } = writer();
    failWith(kind);
    one.want(seen('1', {}), { a: 1 });
    await clock.advance(120_000);
    expect([statuses().length, problems, clock.due()]).toEqual([1, [`shop/a ${kind} false`], []]);
    one.want(seen('2', {}, 'new'), { a: 1 });
    await settle();
    expect(statuses()).toHaveLength(2);
  });

  it('builds on its own last write, though the cache does not have it yet', async () => {
    const { clock, written, writer: one } = writer();
    one.want(seen('1', {}), { a: 1 });
    await settle();
    one.want(seen('1', {}), { a: 2 });
    await clock.advance(5000);
    expect(written.at(-1)?.metadata).toMatchObject({ resourceVersion: '11' });
    one.want(seen('20', { a: 2 }), { a: 3 });
    await clock.advance(5000);
    expect(written.at(-1)?.metadata).toMatchObject({ resourceVersion: '20' });
  });

  it('tries again after a conflict where the newer object has come already', async () => {
    const { clock, statuses, problems, state, writer: one } = writer();
    const { answer } = state;
    const { promise, resolve } = Promise.withResolvers<Outcome<KubernetesObject>>();
    state.answer = () => promise;
    one.want(seen('1', {}), { a: 1 });
    await settle();
    one.want(seen('2', {}), { a: 1 });
    state.answer = answer;
    resolve(failed('Conflict', 'x'));
    await clock.advance(5000);
    expect([statuses().length, problems, clock.due()]).toEqual([2, ['shop/a Conflict true'], []]);
  });

  it('tries again what may pass, ever later', async () => {
    const { clock, statuses, problems, state, failWith, writer: one } = writer();
    const { answer } = state;
    failWith('Unreachable');
    one.want(seen('1', {}), { a: 1 });
    await clock.advance(15_000);
    expect(problems.length).toBeLessThanOrEqual(4);
    expect(problems[0]).toBe('shop/a Unreachable true');
    state.answer = answer;
    await clock.advance(60_000);
    expect([statuses().at(-1), clock.due()]).toEqual([{ a: 1 }, []]);
  });

  it('writes nothing any more when it may not', async () => {
    const { clock, statuses, state, writer: one } = writer();
    state.leading = false;
    one.want(seen('1', {}), { a: 1 });
    await clock.advance(10_000);
    state.leading = true;
    one.want(seen('1', {}), { a: 1 });
    await settle();
    expect(statuses()).toHaveLength(1);
    one.want(seen('1', {}), { a: 2 });
    one.forget({ namespace: 'shop', name: 'a' });
    await clock.advance(10_000);
    expect(statuses()).toHaveLength(1);
    await one.stop();
    one.want(seen('1', {}), { a: 3 });
    await settle();
    expect([statuses().length, clock.due()]).toEqual([1, []]);
  });

  it('writes to so many objects at a time', async () => {
    const { written, state, writer: one } = writer();
    state.answer = () => new Promise(() => {});
    for (const name of ['a', 'b', 'c']) one.want({ ...seen('1', {}), name }, { a: 1 });
    await settle();
    expect(written).toHaveLength(2);
  });
});
