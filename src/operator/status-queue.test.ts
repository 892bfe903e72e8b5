import { describe, expect, it } from 'vitest';
import { fakeClock } from '../base/testing/clock.ts';
import type { StoredSource } from '../cluster/objects.ts';
import { source } from '../cluster/testing/objects.ts';
import { createStatusQueue, FIRST_POLLS } from './status-queue.ts';

/** Its status is of the generation `observed`; undefined = it has none. */
function sourceAt(generation: number, observed: number | undefined): StoredSource {
  const { object } = source('shop/okta', {}, {}, { generation });
  if (object === undefined || !('status' in object) || object.kind !== 'typed') throw new Error('no source');
  const status = observed === undefined ? undefined : { observedGeneration: observed };
  return { ...object, status } as StoredSource;
}

function world() {
  const clock = fakeClock();
  const sources = new Map<string, StoredSource>();
  const [unpolled, unwritten, behind] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const looks: string[] = [];
  const queue = createStatusQueue({
    clock,
    random: () => 0,
    policies: {
      store: { get: ((_: string, id: string) => sources.get(id)) as never },
      isBehind: (binding) => (binding === undefined ? behind.size > 0 : behind.has(binding)),
      namedBy: (id) => (id === 'shop/okta' ? ['shop/api', 'shop/web'] : []),
    },
    isAwaited: (id) => unpolled.has(id),
    isUnwritten: (id) => unwritten.has(id),
    mayWrite: () => true,
    look: (_, id) => void looks.push(id),
    onReconciled: () => {},
    onBug: (error) => {
      throw error;
    },
  });
  /** What was looked at within that time. */
  const within = async (milliseconds: number): Promise<readonly string[]> => {
    await clock.advance(milliseconds);
    return looks.splice(0);
  };
  return { clock, sources, unpolled, unwritten, behind, queue, within };
}

describe('after an election, a binding', () => {
  it('waits for its validators, until they have polled', async () => {
    const { unpolled, queue, within } = world();
    unpolled.add('shop/a');
    queue.bindings(['shop/a', 'shop/b']);
    queue.startPolls();
    expect(await within(1200)).toEqual(['shop/b']);
    unpolled.clear();
    queue.bindings(['shop/a']);
    expect(await within(200)).toEqual(['shop/a']);
  });

  it('waits no longer when the time is up', async () => {
    const { unpolled, queue, within } = world();
    for (const id of ['shop/a', 'shop/b']) unpolled.add(id);
    queue.bindings(['shop/a', 'shop/a']);
    queue.startPolls();
    expect(await within(FIRST_POLLS + 199)).toEqual([]);
    expect(await within(1)).toEqual(['shop/a']);
    queue.bindings(['shop/b']);
    expect(await within(1200)).toEqual(['shop/b']);
  });

  it('is looked at once, though its validators have polled and the time is up as well', async () => {
    const { unpolled, queue, within } = world();
    unpolled.add('shop/a');
    queue.bindings(['shop/a']);
    queue.startPolls();
    unpolled.clear();
    queue.bindings(['shop/a']);
    expect(await within(2 * FIRST_POLLS)).toEqual(['shop/a']);
  });

  it('leaves no timer behind', async () => {
    const { clock, queue } = world();
    queue.startPolls();
    await queue.stop();
    expect(clock.due()).toEqual([]);
  });
});

it('looks at nothing that is still to be compiled', async () => {
  const { behind, queue, within } = world();
  behind.add('shop/a');
  queue.bindings(['shop/a', 'shop/b']);
  queue.sources(['shop/okta']);
  expect(await within(5000)).toEqual(['shop/b']);
  behind.clear();
  expect((await within(100)).toSorted()).toEqual(['shop/a', 'shop/okta']);
});

describe('an edited source', () => {
  const edited = () => {
    const made = world();
    made.sources.set('shop/okta', sourceAt(2, 1));
    made.sources.set('shop/another', sourceAt(2, 1));
    return made;
  };

  it('waits for the bindings that use it to be looked at', async () => {
    const { queue, within } = edited();
    queue.bindings(['shop/web']);
    queue.sources(['shop/okta']);
    expect(await within(1199)).toEqual([]);
    expect(await within(101)).toEqual(['shop/web', 'shop/okta']);
  });

  it('waits for those that wait for validators, and for those that are not written yet', async () => {
    const { unpolled, unwritten, queue, within } = edited();
    unpolled.add('shop/web');
    unwritten.add('shop/api');
    queue.bindings(['shop/web']);
    queue.sources(['shop/okta']);
    expect(await within(1000)).toEqual([]);
    unpolled.clear();
    queue.bindings(['shop/web']);
    expect(await within(1000)).toEqual(['shop/web']);
    unwritten.clear();
    expect(await within(100)).toEqual(['shop/okta']);
  });

  it('waits for no binding of others', async () => {
    const { queue, within } = edited();
    queue.bindings(['shop/web']);
    queue.sources(['shop/another']);
    expect(await within(200)).toEqual(['shop/another']);
  });

  it('does not wait when it is new, or its status says so already', async () => {
    for (const observed of [undefined, 2]) {
      const { sources, queue, within } = edited();
      sources.set('shop/okta', sourceAt(2, observed));
      queue.bindings(['shop/web']);
      queue.sources(['shop/okta']);
      expect(await within(200)).toEqual(['shop/okta']);
    }
  });

  it('waits half a minute at most, each time that it is edited', async () => {
    const { sources, unwritten, queue, within } = edited();
    unwritten.add('shop/api');
    queue.sources(['shop/okta']);
    expect(await within(30_000 + 199)).toEqual([]);
    expect(await within(101)).toEqual(['shop/okta']);
    sources.set('shop/okta', sourceAt(3, 2));
    queue.sources(['shop/okta']);
    expect(await within(30_000 + 199)).toEqual([]);
  });
});
