import { describe, expect, it } from 'vitest';
import { fakeClock } from '../base/testing/clock.ts';
import type { StoredSource } from '../cluster/objects.ts';
import { source } from '../cluster/testing/objects.ts';
import { createUsersFirst } from './users-first.ts';

/** Its status is of the generation `told`; undefined = it has none. */
function sourceAt(generation: number, told: number | undefined): StoredSource {
  const { object } = source('shop/okta', {}, {}, { generation });
  if (object === undefined || !('status' in object) || object.kind !== 'typed') throw new Error('no source');
  return { ...object, status: told === undefined ? undefined : { observedGeneration: told } } as StoredSource;
}

function world() {
  const clock = fakeClock();
  const behind = new Set(['shop/api', 'shop/other']);
  const usersFirst = createUsersFirst({
    monotonic: clock.monotonic,
    usersOf: (id) => (id === 'shop/okta' ? ['shop/api', 'shop/web'] : []),
    isBehind: (id) => behind.has(id),
  });
  return { clock, behind, usersFirst, edited: sourceAt(2, 1) };
}

describe('an edited source', () => {
  it('waits for the bindings that use it', () => {
    const { behind, usersFirst, edited } = world();
    expect(usersFirst.mustWait('shop/okta', edited)).toBe(true);
    behind.delete('shop/api');
    expect(usersFirst.mustWait('shop/okta', edited)).toBe(false);
  });

  it('waits for no binding of others', () => {
    const { usersFirst, edited } = world();
    expect(usersFirst.mustWait('shop/another', edited)).toBe(false);
  });

  it('does not wait when it is new, or was told of', () => {
    const { usersFirst } = world();
    expect(usersFirst.mustWait('shop/okta', sourceAt(1, undefined))).toBe(false);
    expect(usersFirst.mustWait('shop/okta', sourceAt(2, 2))).toBe(false);
  });

  it('waits half a minute at most, each time that it is edited', async () => {
    const { clock, usersFirst, edited } = world();
    expect(usersFirst.mustWait('shop/okta', edited)).toBe(true);
    await clock.advance(29_999);
    expect(usersFirst.mustWait('shop/okta', edited)).toBe(true);
    await clock.advance(1);
    expect(usersFirst.mustWait('shop/okta', edited)).toBe(false);
    expect(usersFirst.mustWait('shop/okta', sourceAt(3, 2))).toBe(true);
  });
});
