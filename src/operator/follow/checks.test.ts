import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../base/json.ts';
import { readBinding } from '../../cluster/ours.ts';
import { createSharing } from '../../cluster/sharing.ts';
import { raw } from '../../cluster/testing/objects.ts';
import { bindingFacts } from '../../compiler/binding-facts.ts';
import { following } from '../testing/following.ts';
import { createHeldForChecks, type HeldChange } from './checks.ts';
import { createFirstReads, readCost } from './first-reads.ts';

const DEAR = Array.from({ length: 8 }, (_, i) => ({
  require: {
    expressions: [
      {
        expression: Array(150)
          .fill(`user == 'a${i}'`)
          .join(' || ')
          .slice(0, 2000)
          .replace(/ \|\|[^|]*$/, ''),
      },
    ],
  },
}));
const binding = (name: string, rules: readonly JsonValue[]) =>
  raw(`shop/${name}`, {
    spec: { targetRefs: [{ kind: 'Service', name: 'orders' }], sources: [{ name: 'okta' }], rules },
  });

describe('bindings that take long to check', () => {
  it('are told all at once at first, though others have a turn after each', async () => {
    let turns = 0;
    const { clock, names } = following((api) => {
      for (let i = 0; i < 6; i++) api.put('ApiBinding', binding(`dear${i}`, DEAR));
    });
    const after = clock.after.bind(clock);
    clock.after = (milliseconds, call) => {
      if (milliseconds === 0) turns += 1;
      return after(milliseconds, call);
    };
    await clock.advance(2000);
    expect(names()).toHaveLength(1);
    expect(
      names()
        .flat()
        .filter((name) => name.startsWith('ApiBinding')),
    ).toHaveLength(6);
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  it('are told after those that are checked, and hold up nothing else', async () => {
    const { api, clock, names } = following();
    await clock.advance(100);
    for (let i = 0; i < 3; i++) api.put('ApiBinding', binding(`dear${i}`, DEAR));
    api.put('ApiBinding', binding('small', []));
    await clock.advance(2000);
    const later = names().slice(1);
    expect(later.flat()).toHaveLength(4);
    expect(later.length).toBeGreaterThanOrEqual(3);
  });

  it('are gone when they are deleted before their turn', async () => {
    const { api, clock, names } = following();
    await clock.advance(100);
    for (let i = 0; i < 3; i++) api.put('ApiBinding', binding(`dear${i}`, DEAR));
    api.remove('ApiBinding', 'shop/dear2');
    await clock.advance(2000);
    const ofDeleted = names()
      .flat()
      .filter((name) => name.startsWith('ApiBinding shop/dear2'));
    expect(ofDeleted).toEqual(['ApiBinding shop/dear2 gone']);
  });
});

describe('what is held until it is checked', () => {
  const change = (id: string, rules: readonly JsonValue[]): HeldChange => {
    const spec = { targetRefs: [{ kind: 'Service', name: 'orders' }], sources: [{ name: 'okta' }], rules };
    return { kind: 'ApiBinding', id, object: readBinding(raw(id, { spec }), createSharing()) };
  };
  const gone = (id: string): HeldChange => ({ kind: 'ApiBinding', id, object: undefined });
  const issuesOf = ({ kind, object }: HeldChange) =>
    kind === 'ApiBinding' && object?.kind === 'typed'
      ? bindingFacts(object.object).issues.map(({ reason }) => reason)
      : [];
  type Held = ReturnType<typeof createHeldForChecks>;
  /** Ids in the order in which they are given back, with the turns that it took. */
  const drain = (held: Held, isAwaited: boolean, most = Number.POSITIVE_INFINITY) => {
    const given: HeldChange[] = [];
    let turns = 0;
    while (held.isBusy && turns < most) {
      given.push(...held.release(isAwaited));
      turns += 1;
    }
    return { given, turns, ids: given.map(({ id }) => id) };
  };

  it('is given back in the turns of its namespaces: none waits for all of another', () => {
    const held = createHeldForChecks();
    for (let i = 0; i < 20; i++) held.take(change(`evil/dear${i}`, DEAR));
    held.take(change('shop/small', [{}]));
    held.take(change('bank/small', [{}]));
    const { ids, turns } = drain(held, false);
    expect(ids.slice(0, 2)).toEqual(['shop/small', 'bank/small']);
    expect(ids).toHaveLength(22);
    expect(turns).toBeGreaterThan(20);
  });

  it('is given back unchecked to those who wait for all, and again when it is checked', () => {
    const held = createHeldForChecks(30_000);
    for (let i = 0; i < 9; i++) held.take(change(`evil/dear${i}`, DEAR));
    held.take(change('shop/small', [{}]));
    const first: HeldChange[] = [];
    while (held.waiting > 0) first.push(...held.release(true));
    expect(first).toHaveLength(10);
    const passedOver = first.filter((one) => issuesOf(one).includes('NotChecked'));
    expect(passedOver.length).toBeGreaterThan(5);
    expect(passedOver.map(({ id }) => id)).not.toContain('shop/small');
    const later = drain(held, false).given;
    expect(later.map(({ id }) => id).sort()).toEqual(passedOver.map(({ id }) => id).sort());
    expect(later.flatMap(issuesOf)).not.toContain('NotChecked');
  });

  it('stands for the object that was passed over, whenever that one comes again', () => {
    const held = createHeldForChecks(1);
    const [dear, other] = [change('evil/dear', DEAR), change('evil/other', DEAR)];
    held.take(dear);
    held.take(other);
    expect(held.release(true)).toEqual([dear, other]);
    held.take(dear);
    expect(held.waiting).toBe(0);
    const { ids, given } = drain(held, false);
    expect(ids).toEqual(['evil/other', 'evil/dear']);
    held.take(dear);
    expect(held.release(false).flatMap(issuesOf)).toEqual(given.slice(1).flatMap(issuesOf));
  });

  it('is not held when it is gone, or known: neither waits for others of its namespace', () => {
    const held = createHeldForChecks();
    const known = change('evil/known', DEAR);
    held.take(known);
    drain(held, false);
    for (let i = 0; i < 5; i++) held.take(change(`evil/dear${i}`, DEAR));
    held.take(gone('evil/dear3'));
    held.take(known);
    expect(held.release(false).map(({ id }) => id)).toEqual(['evil/dear3', 'evil/known']);
    expect(drain(held, false).ids).toEqual([0, 1, 2, 4].map((i) => `evil/dear${i}`));
  });

  it('is read in its turn where it was not read when it was listed, and refuses until then', () => {
    const { mayCheck } = createFirstReads(1);
    const spec = {
      targetRefs: [{ kind: 'Service', name: 'orders' }],
      sources: [{ name: 'okta' }],
      rules: DEAR,
    };
    const listed = (name: string): HeldChange => {
      const object = readBinding(raw(`evil/${name}`, { spec }), createSharing(), undefined, mayCheck);
      return { kind: 'ApiBinding', id: `evil/${name}`, object };
    };
    const [one, two] = [listed('one'), listed('two')];
    expect([one.object, two.object]).toMatchObject([
      { kind: 'refused', findings: [{ reason: 'NotChecked' }] },
      { kind: 'refused', findings: [{ reason: 'NotChecked' }] },
    ]);
    const held = createHeldForChecks(1);
    held.take(one);
    held.take(two);
    const passedOver = held.release(true);
    expect(passedOver.map(({ object }) => object?.kind).sort()).toEqual(['refused', 'refused']);
    const later = drain(held, false).given;
    expect(later.map(({ id, object }) => [id, object?.kind])).toEqual([
      ['evil/one', 'typed'],
      ['evil/two', 'typed'],
    ]);
    expect(later.flatMap(issuesOf)).toEqual(
      issuesOf(change('evil/x', DEAR)).concat(issuesOf(change('evil/x', DEAR))),
    );
    held.take(one);
    expect(held.release(false)).toMatchObject([{ id: 'evil/one', object: { kind: 'typed' } }]);
  });

  it('is read at once where there is little of it, or where all has been read before', () => {
    const reads = createFirstReads(1000);
    const small = { spec: { rules: [{}] } };
    expect([1, 2, 3].map(() => reads.mayCheck(small))).toEqual([true, true, true]);
    const large = {
      spec: { sources: Array(16).fill({}), rules: Array(64).fill({ sources: Array(16).fill('a') }) },
    };
    expect(readCost(large)).toBeGreaterThan(5000);
    expect([reads.mayCheck(large), reads.mayCheck(small)]).toEqual([false, false]);
    reads.end();
    expect(reads.mayCheck(large)).toBe(true);
  });

  it('is checked anew when another one comes in its place in the midst of it', () => {
    const held = createHeldForChecks();
    held.take(change('evil/dear', DEAR));
    held.release(false);
    const other = change('evil/dear', DEAR.slice(0, 8));
    held.take(other);
    expect(drain(held, false).given).toEqual([other]);
  });

  it('keeps a thousand of the dearest objects from making anybody wait for long', () => {
    const most = 200_000;
    const held = createHeldForChecks(most);
    const dearest = Array.from({ length: 64 }, (_, i) => ({
      require: { expressions: [{ expression: `${'('.repeat(30)}user == 'x${i}'${')'.repeat(30)}` }] },
    }));
    for (let i = 0; i < 1000; i++) held.take(change(`evil${i % 7}/dear${i}`, dearest));
    for (let i = 0; i < 50; i++) held.take(change(`shop/small${i}`, [{}]));
    const given: HeldChange[] = [];
    let turns = 0;
    for (; held.waiting > 0; turns++) given.push(...held.release(true));
    expect(turns).toBeLessThanOrEqual(most / 2000 + 1);
    expect(given).toHaveLength(1050);
    const refused = given.filter((one) => issuesOf(one).includes('NotChecked'));
    expect(refused.length).toBeGreaterThan(900);
    expect(refused.every(({ id }) => id.startsWith('evil'))).toBe(true);
  });
});
