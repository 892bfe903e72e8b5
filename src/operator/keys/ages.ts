/** How old the keys of each source are, and how many of its set are left out. */

import type { Policies } from '../../planning/policies.ts';
import type { KeyKeeper } from './keeper.ts';

/**
 * Seconds since the last good fetch; of keys that were never read, since the source was made: so an alert on their age
 * is one on those, too.
 */
export function* keyAges(
  { plans, sources, store }: Pick<Policies, 'plans' | 'sources' | 'store'>,
  keeper: Pick<KeyKeeper, 'state'>,
  now: number,
): Iterable<readonly [source: string, seconds: number]> {
  for (const { source, uid } of plans()) {
    const since = keeper.state(uid)?.checkedAt ?? madeAt(store, sources.withUid(uid) ?? source);
    if (since !== undefined) yield [source, Math.max(0, now - since)];
  }
}

/** How many keys of each source's set cannot be used. */
export function* keysLeftOut(
  { plans }: Pick<Policies, 'plans'>,
  keeper: Pick<KeyKeeper, 'state'>,
): Iterable<readonly [source: string, count: number]> {
  for (const { source, uid } of plans()) yield [source, keeper.state(uid)?.leftOut?.count ?? 0];
}

function madeAt(store: Pick<Policies['store'], 'get'>, id: string): number | undefined {
  const stored = store.get('AuthenticationSource', id);
  const written = stored?.kind === 'typed' ? stored.object.metadata.creationTimestamp : undefined;
  const milliseconds = Date.parse(written ?? '');
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
