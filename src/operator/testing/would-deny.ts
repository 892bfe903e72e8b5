/** What bindings would have denied: a store of bindings, leaders that sum up, and reports of validators. */

import { bindingPolicy, policyUpdate } from '../../../test/support/policy.ts';
import type { JsonObject } from '../../base/json.ts';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { createStore } from '../../cluster/store.ts';
import { change, raw } from '../../cluster/testing/objects.ts';
import type { Policy } from '../../policy/policy.ts';
import { parseWouldDeny } from '../../policy/would-deny.ts';
import type { Published } from '../loop.ts';
import type { Caller } from '../server/caller.ts';
import { createWouldDenyCounts, MOST_KEPT, SHOWN_INTERVAL } from '../would-deny.ts';

export const START = '2027-01-15T08:00:00Z';

export interface BindingState {
  readonly mode?: string;
  readonly generation?: number;
  readonly uid?: string;
  readonly status?: JsonObject;
}

export function setUpCounts(mostKept = MOST_KEPT) {
  const clock = manualClock(Date.parse(START));
  const store = createStore();
  const shown: (readonly string[])[] = [];
  const listeners = new Set<(published: Published) => void>();
  const publish = (...changes: Published['changes']) => {
    for (const one of changes) store.apply(one as Parameters<typeof store.apply>[0]);
    const published = { changes } as Published;
    for (const listener of listeners) listener(published);
  };
  /** A new leader. */
  const start = () =>
    createWouldDenyCounts({
      clock,
      store,
      mostKept,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      onShown: (bindings) => void shown.push(bindings),
    });
  const put = (
    id: string,
    { mode = 'Audit', generation = 1, uid = `uid-${id}`, status }: BindingState = {},
  ) => {
    const targetRefs = [{ kind: 'Service', name: 'orders' }];
    const spec = { mode, targetRefs, sources: [{ name: 'okta' }] };
    const object = { spec, ...(status !== undefined && { status }) };
    publish(change('ApiBinding', id, raw(id, object, { generation, uid })));
  };
  return { clock, store, shown, publish, start, put };
}

export const A = 'shop/a';
export const POD: Caller = { pod: 'shop/p', uid: 'uid-shop/p' };
export const OTHER: Caller = { pod: 'shop/q', uid: 'uid-shop/q' };

export const policyWith = (...revisions: readonly (readonly [id: string, revision: string])[]): Policy =>
  policyUpdate(revisions.map(([id, revision]) => ({ ...bindingPolicy({}, { id, mode: 'Audit' }), revision })))
    .policy;
export const ONE = policyWith([A, `uid-${A}/1`]);

export function report(text: string) {
  const read = parseWouldDeny(text);
  if (read === undefined) throw new Error(`${text} cannot be read`);
  return read;
}

/** A leader that has just begun, with `A` as it is then. */
export function counting(state?: BindingState, mostKept = MOST_KEPT) {
  const world = setUpCounts(mostKept);
  world.put(A, state);
  const counts = world.start();
  const note = (text: string, caller = POD) => counts.note(caller, ONE, report(text));
  /** What the status says once it may say something else. */
  const now = () => {
    world.clock.advance(SHOWN_INTERVAL);
    return counts.of(A)?.wouldDeny;
  };
  return { ...world, counts, note, now };
}
